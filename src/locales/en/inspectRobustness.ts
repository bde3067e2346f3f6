export const inspectRobustness = {
  title: 'Robustness',
  hint: 'How accurate the network stays when test images are spoiled more and more. Below each curve: the chosen image at every strength, and what is read in it.',
  which: 'Kinds of corruption',
  images: 'Test images',
  start: 'Measure',
  again: 'Measure again',
  running: 'Reading spoiled images {{share}}',
  goesOn: 'It is done on a copy: training goes on.',
  accuracy: 'Accuracy',
  examples: 'The image at every strength',
  reading: 'Read as {{prediction}}, {{share}} sure',
  curve: '{{network}}, step {{step}}, {{images}} images',
  forget: 'Remove {{name}}',
  summary: '{{name}}: {{first}} at {{from}}, {{last}} at {{to}}',
  save: 'Save the curves',
  saveKind: 'Save the curve: {{kind}}',
  visit:
    'The curves stay until you reload or leave the page: save them as CSV to keep them. Measured again, the same network gives the same curves.',
  kinds: {
    shift: {
      title: 'Shift',
      hint: 'To the right, down, left or up, drawn for each image.',
      strength: 'Pixels',
    },
    rotation: {
      title: 'Rotation',
      hint: 'Clockwise or against it, drawn for each image.',
      strength: 'Degrees',
    },
    scale: { title: 'Scale', hint: 'Smaller or larger about the centre.', strength: 'Size, 1 as it is' },
    noise: {
      title: 'Noise',
      hint: 'Normal noise on every pixel, 1 being from black to white.',
      strength: 'Standard deviation',
    },
    blur: { title: 'Blur', hint: 'A Gaussian over the neighbours.', strength: 'Standard deviation, pixels' },
  },
} as const;

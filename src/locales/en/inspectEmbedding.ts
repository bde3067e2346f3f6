export const inspectEmbedding = {
  start: 'Read {{images}} test images',
  running: 'Reading test images {{share}}',
  title: 'Embedding',
  hint: 'What the last hidden layer ({{layer}}, {{columns}} values an image) gives for {{images}} test images, in two dimensions. Every number on the picture is an image, by its class; the network tells apart what lies apart.',
  hintInput:
    'The network has no hidden layer, so these are the pixels themselves ({{columns}} values an image) of {{images}} test images, in two dimensions.',
  method: 'Method',
  methods: { pca: 'PCA', umap: 'UMAP' },
  axes: 'Axes of step {{step}}, kept for all steps so that points move and do not jump; they hold {{share}} of the variance there.',
  fit: 'Take the axes of this step',
  umapHint:
    'UMAP keeps neighbours together, at the cost of distances. It takes some seconds and can be ended.',
  umapStart: 'Compute UMAP',
  umapAgain: 'Compute it anew for this step',
  umapMoving: 'Moving points to step {{step}}: {{share}}',
  umapMoved:
    'UMAP of step {{step}}, begun where the points lie at step {{from}}, so that they move and do not jump. Near is alike; how far is far says little.',
  umapOf: 'UMAP of step {{step}}. Near is alike; how far is far says little.',
  umapRunning: 'Placing points {{share}}',
  umapLabel: 'Placing points',
  pictureTitle: '{{method}} of {{layer}} after step {{step}}',
  save: 'Save the embedding',
  classes: 'Classes that are shown',
  toggle: 'Class {{name}}',
  scatter: 'Test images by what the last hidden layer makes of them',
  scatterHint:
    'Hover a point to see its image, click it to show it in the other tabs, draw around some to select them (with Shift: add). By keyboard: arrows go from point to point, Enter selects, Escape clears.',
  point: 'Test image {{index}}, labelled {{label}}',
  selection: {
    save: 'Save the selected digits',
    title: 'Selection',
    hint: 'Draw a line around points, or choose classes above and select all of them.',
    count_one: '{{images}} selected',
    count_other: '{{images}} selected',
    all: 'Select all shown',
    clear: 'Clear',
  },
  failed: 'The points could not be placed',
  retry: 'Try again',
  obstacles: {
    no_linear: 'The network has no Linear layer, so there is no hidden layer before it to look at.',
    not_numbers: 'What the hidden layer gives are not numbers (NaN or infinite): the network has diverged.',
    all_same:
      'The hidden layer gives the same for every image, so there is nothing to lay out: its units may be dead.',
  },
} as const;

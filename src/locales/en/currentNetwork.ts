export const currentNetwork = {
  network: {
    label: 'Current network',
    seed: '{{network}}, untrained',
    trained_one: '{{network}}, trained for {{steps}} step',
    trained_other: '{{network}}, trained for {{steps}} steps',
    file: '{{network}} with the weights of {{file}}',
    fileTrained_one: '{{network}} with the weights of {{file}}, trained on for {{steps}} step',
    fileTrained_other: '{{network}} with the weights of {{file}}, trained on for {{steps}} steps',
    nonFinite_one:
      '{{values}} value of {{file}} is NaN or infinite: what the network answers means nothing, and training does not mend it. Load another file, or reset.',
    nonFinite_other:
      '{{values}} values of {{file}} are NaN or infinite: what the network answers means nothing, and training does not mend it. Load another file, or reset.',
    other: 'The settings describe another network, {{network}}. It is built when you start.',
    build: 'Build {{network}} now',
  },
  question: {
    titles: {
      start: 'Which weights shall be trained?',
      reset: 'Put the network back to its beginning?',
      replace: 'Replace the current network?',
    },
    asLoaded: 'These weights are as the file has them: to get them back, load it again.',
    unsaved: 'These weights are not saved. What is replaced is gone.',
    saved: 'Saved after step {{step}} as {{file}}.',
    save: 'Save the weights',
    saving: 'Saving…',
    saveFailed: 'The weights could not be saved',
    keep: 'Cancel, keep everything as it is',
    continue: 'Go on with this run',
    continueText: 'It trains on from step {{step}} to the end of epoch {{epochs}}.',
    further: 'Train the current weights further',
    furtherText:
      'A new run begins with the current weights. Steps, curves and the optimizer’s state start anew. To go on with this run instead, cancel and set more epochs.',
    initialFile: 'Begin with the loaded weights',
    initialFileText:
      'As {{file}} has them. The seed then decides only the order of the images, dropout and augmentation.',
    initialRun: 'Begin as this run began',
    initialRunText: 'With the weights that it took over from the run before it.',
    seed: 'Begin with fresh weights',
    seedText: 'Drawn from the seed {{seed}}. The current weights are dropped.',
    replace: 'Replace it',
    replaceText: 'The current weights are dropped.',
  },
} as const;

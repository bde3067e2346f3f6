const classWeightHint = 'How much the images of this class count in the loss; 0 leaves them out.';

/** Texts of model/hyperparameters.ts: one entry a key, with the values of a choice; units; problems. */
export const hyperparameters = {
  network: {
    label: 'Network',
    hint: 'The layers that are trained: one that comes with the page, or your own.',
    choices: {
      mynn: 'Mynn',
      vgg16: 'VGG-16',
      vgg2: 'VGG-2',
      resnet18: 'ResNet-18',
      resnet: 'Small ResNet',
      lenet: 'LeNet',
      fast_cnn: 'Fast CNN',
      pytorch_mnist: 'PyTorch’s example',
      lenet_1998: 'LeNet-5 of 1998',
      mlp_512: 'MLP 784-512-10',
      mobilenet_small: 'Small MobileNet',
      five_minute_cnn: 'Five-minute CNN',
      custom: 'Your own',
    },
  },
  loss: {
    label: 'Loss',
    hint: 'What training makes smaller. Cross entropy is the right one; three runs of the report used another.',
    choices: {
      cross_entropy: 'Cross entropy',
      cross_entropy_weighted: 'Cross entropy, classes weighted',
      nll_log_softmax: 'NLL on log_softmax',
      nll_logits: 'NLL on raw outputs',
      nll_softmax: 'NLL on softmax',
      cross_entropy_softmax: 'Cross entropy on softmax',
      mse: 'Mean squared error',
    },
  },
  labelSmoothing: {
    label: 'Label smoothing',
    hint: 'Share of the target that is spread over all ten outputs.',
  },
  weight0: { label: 'Weight of class 0', hint: classWeightHint },
  weight1: { label: 'Weight of class 1', hint: classWeightHint },
  weight2: { label: 'Weight of class 2', hint: classWeightHint },
  weight3: { label: 'Weight of class 3', hint: classWeightHint },
  weight4: { label: 'Weight of class 4', hint: classWeightHint },
  weight5: { label: 'Weight of class 5', hint: classWeightHint },
  weight6: { label: 'Weight of class 6', hint: classWeightHint },
  weight7: { label: 'Weight of class 7', hint: classWeightHint },
  weight8: { label: 'Weight of class 8', hint: classWeightHint },
  weight9: { label: 'Weight of class 9', hint: classWeightHint },
  optimizer: {
    label: 'Optimizer',
    hint: 'How a gradient becomes a change of the weights; PyTorch’s formulas.',
  },
  learningRate: {
    label: 'Learning rate',
    hint: 'Size of a step. Too large: the loss jumps; too small: nothing moves. Can be changed while training.',
  },
  momentum: {
    label: 'Momentum',
    hint: 'Share of the last step that is carried on; 0.9 is usual, 0 is off.',
  },
  dampening: {
    label: 'Dampening',
    hint: 'Share of the new gradient that momentum leaves out.',
  },
  nesterov: {
    label: 'Nesterov',
    hint: 'Looks one momentum step ahead; needs momentum and no dampening.',
  },
  beta1: {
    label: 'Beta 1',
    hint: 'Memory of the mean gradient, between 0 and 1.',
  },
  beta2: {
    label: 'Beta 2',
    hint: 'Memory of the mean squared gradient, between 0 and 1.',
  },
  alpha: {
    label: 'Alpha',
    hint: 'Memory of the mean squared gradient, between 0 and 1.',
  },
  eps: {
    label: 'Epsilon',
    hint: 'Added to a divisor so that it is never 0.',
  },
  centered: {
    label: 'Centred',
    hint: 'Divides by the gradient’s standard deviation instead of its root mean square.',
  },
  weightDecay: {
    label: 'Weight decay',
    hint: 'Pulls every parameter towards 0; 0 is off.',
  },
  momentumDecay: {
    label: 'Momentum growth',
    hint: 'How fast momentum grows from half of beta 1 towards beta 1; PyTorch’s momentum_decay.',
  },
  lrDecay: {
    label: 'Rate decay',
    hint: 'The learning rate of step t is divided by 1 + (t − 1) times this; PyTorch’s lr_decay.',
  },
  initialAccumulatorValue: {
    label: 'First sum',
    hint: 'What the sum of squared gradients begins with; PyTorch’s initial_accumulator_value.',
  },
  schedule: {
    label: 'Schedule',
    hint: 'How the learning rate changes during the run.',
    choices: {
      constant: 'Constant',
      step: 'Steps',
      multi_step: 'Chosen steps',
      exponential: 'Exponential',
      cosine: 'Cosine',
      cosine_restarts: 'Cosine with restarts',
      one_cycle: 'One cycle',
      plateau: 'Reduce on plateau',
    },
  },
  stepEpochs: {
    label: 'Step length',
    hint: 'The learning rate falls once in so many epochs.',
  },
  milestone1: { label: 'First fall', hint: 'The learning rate falls after so many epochs; 0 is none.' },
  milestone2: { label: 'Second fall', hint: 'The learning rate falls after so many epochs; 0 is none.' },
  milestone3: { label: 'Third fall', hint: 'The learning rate falls after so many epochs; 0 is none.' },
  cycleEpochs: {
    label: 'First cycle',
    hint: 'Epochs until the learning rate starts again from the top.',
  },
  cycleFactor: {
    label: 'Cycle growth',
    hint: 'Each cycle is so many times as long as the one before.',
  },
  gamma: {
    label: 'Factor',
    hint: 'What the learning rate is multiplied with at each fall.',
  },
  factor: { label: 'Factor', hint: 'Multiplied with the learning rate when the test loss stops falling.' },
  patience: {
    label: 'Patience',
    hint: 'Epochs that may end without a lower test loss before it is reduced.',
  },
  threshold: { label: 'Threshold', hint: 'A test loss lower by less than this does not count as lower.' },
  relativeThreshold: {
    label: 'Threshold as a share',
    hint: 'Of the lowest test loss so far; off, it is a difference.',
  },
  cooldown: { label: 'Cooldown', hint: 'So many epochs after a reduction are not counted.' },
  smallestChange: {
    label: 'Smallest change',
    hint: 'A smaller reduction than this is left out; PyTorch’s eps.',
  },
  minLearningRate: { label: 'Lowest learning rate', hint: 'No schedule goes below it.' },
  pctStart: {
    label: 'Rising share',
    hint: 'Share of the run in which the learning rate rises.',
  },
  divFactor: {
    label: 'Start divisor',
    hint: 'The run starts at the learning rate divided by this.',
  },
  finalDivFactor: {
    label: 'End divisor',
    hint: 'The run ends at its starting rate divided by this.',
  },
  warmupSteps: {
    label: 'Warm-up',
    hint: 'The learning rate rises in a straight line over this many first steps; 0 is off.',
  },
  clipping: {
    label: 'Clip gradients',
    hint: 'Shortens the gradient of all parameters together when it is too long.',
  },
  clipGradNorm: {
    label: 'Largest gradient norm',
    hint: 'A gradient longer than this is scaled down to it.',
  },
  clippingValue: {
    label: 'Clip each gradient value',
    hint: 'Cuts off every value of the gradient by itself, after the clipping by norm.',
  },
  clipGradValue: {
    label: 'Largest gradient value',
    hint: 'Every value of the gradient stays between this and its negative.',
  },
  epochs: {
    label: 'Epochs',
    hint: 'How often the network sees every training image.',
  },
  batchSize: {
    label: 'Batch size',
    hint: 'Images for one step; more of them need more memory.',
  },
  trainingImages: {
    label: 'Training images',
    hint: 'The first so many of the data’s: MNIST has 60,000.',
  },
  shuffle: {
    label: 'Shuffle',
    hint: 'A new order in each epoch; the report kept the files’ order.',
  },
  dropLast: {
    label: 'Drop the last batch',
    hint: 'Leaves out the batch at the end of an epoch that would be smaller; PyTorch’s drop_last.',
  },
  seed: {
    label: 'Seed',
    hint: 'The same seed gives the same run.',
  },
  resizing: {
    label: 'Resize images',
    hint: 'Enlarges the 28 × 28 image, as VGG-16 needs it.',
  },
  resize: {
    label: 'Image size',
    hint: 'Height and width after resizing.',
  },
  normalizing: {
    label: 'Normalise',
    hint: 'Subtracts a mean from every pixel and divides by a standard deviation.',
  },
  normalizeMean: {
    label: 'Mean',
    hint: 'Subtracted from each pixel, which lies between 0 and 1.',
  },
  normalizeStd: {
    label: 'Standard deviation',
    hint: 'What each pixel is divided by.',
  },
  augmenting: {
    label: 'Augment',
    hint: 'Moves, turns and scales each training image a little, anew in each epoch.',
  },
  augmentShift: {
    label: 'Largest shift',
    hint: 'In each direction.',
  },
  augmentRotate: {
    label: 'Largest rotation',
    hint: 'To the left or right.',
  },
  augmentScale: {
    label: 'Largest change of size',
    hint: '0.1 means 0.9 to 1.1 times as large.',
  },
  groups: {
    network: 'Network',
    training: 'Data and run',
    optimizer: 'Optimizer',
    schedule: 'Schedule',
    loss: 'Loss',
    input: 'Input images',
  },
  units: {
    epochs: 'epochs',
    images: 'images',
    steps: 'steps',
    pixels: 'pixels',
    degrees: '°',
  },
  problems: {
    not_a_choice: '“{{value}}” is not one of the choices.',
    nesterov_needs_momentum: 'Nesterov needs a momentum above 0.',
    nesterov_needs_no_dampening: 'Nesterov needs a dampening of 0.',
    network_does_not_fit: 'Layer {{layer}} of the network does not fit.',
    no_whole_batch: '{{images}} images make no whole batch, and smaller ones are dropped.',
    one_value_per_channel: 'A batch of one image leaves BatchNorm {{layer}} one value per channel.',
  },
  linkIssues: {
    unknown_key: 'The link has a setting “{{key}}” that does not exist here; it was left out.',
    not_a_number: 'The link gives “{{value}}” for {{key}}, which is not a number; the default is used.',
    not_a_choice: 'The link gives “{{value}}” for {{key}}, which is not a choice; the default is used.',
    clamped: 'The link gives {{value}} for {{key}}; {{used}} is used, the nearest that is allowed.',
    not_applicable: 'The link sets {{key}}, which this run does not have; it was left out.',
    newer_version:
      'The link was made by a newer version of this page, so what it says may mean something else there. Reload the page, or compare the settings.',
    cut_off: 'The link ends too early, as if it had not been copied whole. The default settings are used.',
    damaged: 'The link was changed on its way and cannot be read. The default settings are used.',
    invalid_data: 'The data set of the link cannot be read: {{detail}} MNIST is used.',
    invalid_network: 'The network in the link cannot be read: {{detail}} The default network is used.',
  },
  values: { on: 'on', off: 'off' },
} as const;

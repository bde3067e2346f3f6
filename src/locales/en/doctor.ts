export const doctor = {
  title: 'Doctor',
  waiting: '{{count}} checks will look at the run while it trains, and say what goes wrong and why.',
  none: 'Nothing wrong so far: {{count}} checks look at this run while it trains.',
  problem: 'Problem',
  warning: 'Could be better',
  found: 'The doctor found: {{title}}',
  since: 'Since step {{step}}',
  why: 'Why',
  layers: 'Layers',
  moreLayers: 'and {{count}} more',
  digitsWrong: 'Read wrong in every test image',
  digitsUnpredicted: 'No test image is taken for',
  apply: 'Start a new run with this change',
  applyFrom: 'From step {{step}} on',
  mark: 'Doctor',
  fix: {
    cross_entropy: 'Loss: cross entropy',
    learning_rate: 'Learning rate: {{learningRate}}',
    clip_gradients: 'Clip the gradient’s norm at {{clipGradNorm}}',
    normalize: 'Normalise the input: mean {{mean}}, standard deviation {{std}}',
    initialise: 'Draw the weights to suit the activations, as He, Glorot and PyTorch do',
    shuffle: 'Shuffle the images',
    batch_size: 'Batch size: {{batchSize}}',
    all_images: 'Train on all {{trainingImages}} images',
    augment: 'Shift, turn and scale the training images at random',
    weight_decay: 'Weight decay: {{weightDecay}}',
    more_epochs: 'Train for {{epochs}} epochs',
  },
  unbounded_loss: {
    title: 'The loss has no lower end',
    evidence:
      'The training loss was {{loss}} at step {{step}} and is {{latest}} by now; −log p is never below 0.',
    why1: 'NLLLoss expects log-probabilities, and this network gives it raw outputs: the loss is then minus the output of the right class.',
    why2: 'That output can grow for ever, so the loss falls for ever, without the classes being told apart any better.',
    why3: 'Cross entropy takes the logarithm of the softmax first, which ties all ten outputs together and ends at 0.',
  },
  softmax_before_nll: {
    title: 'Softmax before NLLLoss',
    evidence:
      'Every loss lies between −1 and 0, lately {{latest}}: it is −p, and the right class gets p = {{probability}} on average.',
    why1: 'NLLLoss expects log p and gets p, so the loss is −p and can never be below −1.',
    why2: 'Its gradient carries the factor p (1 − p): where an image is read quite wrongly, p is near 0 and nothing is learned from it.',
    why3: 'Classes that fall behind early so stay dead; cross entropy has p − 1 there, which is largest where the network is most wrong.',
  },
  softmax_twice: {
    title: 'Softmax is applied twice',
    evidence:
      'The loss is {{latest}} with {{accuracy}} of the batches right; it cannot fall below {{lowest}}.',
    why1: 'Cross entropy applies softmax itself, and here it gets outputs that already are probabilities.',
    why2: 'The second softmax sees numbers between 0 and 1 only, so even a perfect answer gets no more than 23% and the loss stays above ln(1 + 9/e).',
    why3: 'The gradient passes two softmaxes and is small, which slows learning down; log_softmax twice would change nothing, softmax twice does.',
  },
  non_finite: {
    title: 'NaN or infinity',
    evidence:
      'First at step {{step}}; the gradient’s norm was {{gradientNorm}} at step {{normStep}}, the last one measured before.',
    evidence_test:
      'The test loss is not a number at step {{step}}, though the training losses before it are. Tests use the running statistics of BatchNorm, and the weights after the last step.',
    evidence_running:
      'The training losses are numbers, but from step {{step}} on the running statistics of BatchNorm hold NaN or infinity. Tests and drawings use them.',
    why1: 'A number grew beyond what float32 holds, and infinity minus infinity or 0 times infinity is NaN.',
    why2: 'Every weight that meets a NaN in a sum becomes NaN with the next update, and no step brings it back.',
    why3: 'The first layer named below is where it began; steps that are too long, or a loss without a lower end, are the usual cause.',
  },
  first_loss: {
    title: 'The first loss is far from ln 10',
    evidence:
      'The first loss is {{loss}}; a fresh network that knows nothing has {{expected}}. The largest input is {{input}}.',
    why1: 'Before training, all ten outputs should be about equally likely, which gives a cross entropy of ln 10.',
    why2: 'A much larger loss means that the outputs are large already: the network is sure of itself, and wrong.',
    why3: 'Inputs or weights that are too large do that, and the first steps are spent on undoing it, often at the price of units that are off for good.',
  },
  learning_rate_high: {
    title: 'The learning rate is too high',
    evidence:
      'The loss began at {{start}} and is {{latest}} after {{steps}} steps; a step changes a layer by {{update}} of its weights.',
    why1: 'The gradient holds only near the weights where it was taken, and a step of this length leaves that neighbourhood.',
    why2: 'The loss then rises or jumps about, and weights may land where no unit answers any more.',
    why3: 'Training usually goes well where a step changes weights by about a thousandth of their size.',
  },
  exploding_gradients: {
    title: 'Gradients explode',
    evidence:
      'At step {{step}} the gradient of a layer has a norm of {{norm}}, in {{layerCount}} layers above 100.',
    why1: 'Backpropagation multiplies one factor a layer; where they are above 1 the gradient grows with every layer on its way back.',
    why2: 'One step with such a gradient throws the weights far away from all they had learned.',
    why3: 'Clipping scales the whole gradient down to a norm of 1 and keeps its direction.',
  },
  vanishing_gradients: {
    title: 'Gradients vanish',
    evidence:
      'A step changes the first of these layers by {{firstUpdate}} of its weights, the last layer by {{lastUpdate}}.',
    why1: 'Backpropagation multiplies one factor a layer; where they are below 1 the gradient shrinks with every layer on its way back.',
    why2: 'The first layers then do not learn, and the last ones learn from what random filters give them.',
    why3: 'Weights drawn with variance 2 / n, as He does, keep the size of the signal through every ReLU. A Sigmoid passes a quarter of the gradient at most, a Tanh little where it is flat.',
  },
  dead_relus: {
    title: 'ReLUs are dead',
    evidence: 'Up to {{share}} of a layer’s inputs are 0 for every image of the batch.',
    why1: 'A ReLU gives 0 for all that is negative, and its slope is 0 there too.',
    why2: 'A unit that is negative for every image gets no gradient, so no step ever wakes it up again.',
    why3: 'A step that was too long pushed these units below 0; a lower learning rate keeps them alive.',
  },
  learning_rate_low: {
    title: 'The learning rate is too low',
    evidence:
      'After {{steps}} steps the loss has not fallen by more than its noise ({{fall}}); a step changes a layer by at most {{update}} of its weights.',
    why1: 'Each step moves the weights by the learning rate times the gradient.',
    why2: 'At this length, {{steps}} steps have hardly moved them, and the network still answers as it did at first.',
    why3: 'Training usually goes well where a step changes weights by about a thousandth of their size.',
  },
  unshuffled: {
    title: 'The order of the images hurts',
    evidence:
      'Batches in a row were right to {{trainingAccuracy}}, the test after them only to {{testAccuracy}}; accuracy jumps {{dispersion}} times as much as chance would let it.',
    why1: 'Neighbours in the file resemble each other, so a batch tells of a few classes only.',
    why2: 'Its gradient points to those classes, and what was learned of the others is forgotten until they come round again.',
    why3: 'Shuffled, every batch is a fair sample, and its gradient that of the whole set on average.',
  },
  small_batch_norm: {
    title: 'The batch is too small for BatchNorm',
    evidence:
      'Its mean and variance come from {{values}} values a channel (batch {{batchSize}}); the loss is {{trainingLoss}} in training and {{testLoss}} in the test.',
    why1: 'In training, BatchNorm normalises with mean and variance of the batch, in a test with their running average.',
    why2: 'Of so few values they are mostly noise: each image is changed by the others in its batch, and training and test see two different networks.',
    why3: 'A larger batch makes both alike.',
  },
  classes_never_predicted: {
    title: 'Classes are never predicted',
    evidence:
      'The test at step {{last}} has {{classCount}} classes that no image is taken for; its accuracy is {{accuracy}}.',
    why1: 'An accuracy alone hides it: every class is asked for, and some are never the answer.',
    why2: 'That happens where they are missing among the training images, come in an unlucky order, or get no gradient from the loss.',
    why3: 'Their recall, the share of their own images that are read right, is 0.',
  },
  chance_accuracy: {
    title: 'The network guesses',
    evidence_one:
      'After {{epochs}} epoch the test accuracy is {{accuracy}}; always answering the most frequent class is right for {{chance}}.',
    evidence_other:
      'After {{epochs}} epochs the test accuracy is {{accuracy}}; always answering the most frequent class is right for {{chance}}.',
    why1: 'The network gives every image about the same answer, as if it did not see the image.',
    why2: 'Its loss stands where a fresh network’s does, so the steps so far have taught it nothing.',
    why3: 'Either they are too short or too long, or their gradient never reaches the layers that would have to change.',
  },
  overfitting: {
    title: 'It learns the images by heart',
    evidence:
      'The test loss was {{bestLoss}} at its best and has risen to {{testLoss}}; {{trainingAccuracy}} of the training images are right, {{testAccuracy}} of the test’s.',
    why1: 'The network has more weights than these images can pin down, and goes on to fit what is particular to them.',
    why2: 'On new images it becomes surer of its mistakes, which the test loss shows before the accuracy does.',
    why3: 'More images, or images that are changed a little each time, leave less to learn by heart.',
  },
  statistics: {
    savePlot: 'Save the plot: {{quantity}}',
    saveTable: 'Save the figures of the layers',
    title: 'Layers',
    show: 'Show',
    hide: 'Hide',
    hint: 'Each row is a layer, each column a moment of the training.',
    empty: 'Appears with the first step that is measured.',
    quantity: 'Quantity',
    update: 'Update per weight',
    dead: 'Input: dead channels',
    quantityName: '{{tensor}}: {{figure}}',
    tensors: { gradient: 'Gradient', weight: 'Weights', input: 'Input' },
    figures: { mean: 'mean', std: 'standard deviation', max: 'largest size', zeros: 'share of zeros' },
    interval: 'Measured',
    intervals: { auto: 'Automatic: costs little', never: 'Never' },
    everyStep: 'Every step',
    everySteps: 'Every {{steps}} steps',
    plot: '{{quantity}} of {{layers}} layers up to step {{step}}',
    at: 'Step {{step}}, {{layer}}: {{value}}',
    marked: 'Framed: {{title}}.',
    table: 'Figures of step {{step}}',
    layer: 'Layer',
  },
} as const;

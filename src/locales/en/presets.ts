export const presets = {
  fast_99: {
    name: 'To 99% as fast as possible',
    text: 'What a search for the shortest training to 99% came to: SGD with Nesterov momentum and one cycle of the learning rate.',
  },
  quick_lenet: {
    name: 'LeNet-5, fast',
    text: 'Momentum and shuffling: most digits right within the first epoch.',
  },
  pytorch_mnist: {
    name: 'PyTorch’s MNIST example',
    text: 'The program that comes with PyTorch: two convolutions of 3 × 3, dropout, two linear layers, Adadelta with a rate that falls every epoch.',
    differs: 'The example shuffles on a GPU only; here the order is always shuffled.',
  },
  lenet_1998: {
    name: 'LeNet-5 of 1998',
    text: 'The network of LeCun’s paper, with tanh and average pooling.',
    differs:
      'In the paper C3 sees only some of the maps of S2, pooling has weights, tanh is scaled, the output is compared with drawn digits, and a second-order rule takes one image a step. Here: all maps, plain means, plain tanh, cross entropy, SGD with momentum at batch 64.',
  },
  mlp_512: {
    name: 'MLP 784-512-10',
    text: 'No convolution: one hidden layer of 512. The first network of Chollet’s book.',
    differs: 'Settings and first weights (Glorot’s) are the book’s; only the random numbers differ.',
  },
  mobilenet_small: {
    name: 'Small MobileNet',
    text: 'Depthwise-separable convolutions: one filter a channel, then 1 × 1 to mix them. As accurate as a LeNet with a third of its weights.',
    differs:
      'The paper is about ImageNet and has no figure for MNIST. Of its blocks the first four are here, narrower, with strides for 28 × 28 images and settings of our own.',
  },
  five_minute_cnn: {
    name: 'Five-minute CNN',
    text: 'The most accurate single network that a search found for about five minutes of one thread: four convolutions, batch normalisation, images shifted, turned and scaled, one cycle of the learning rate.',
    differs:
      'Found here, so nobody else has a figure. Three seeds came to 99.66, 99.64 and 99.63%; it was chosen by the test images, which flatters it by about what a seed changes.',
  },
  mynn: { name: 'Mynn', text: 'The report’s first network: two convolutions, dropout, two linear layers.' },
  vgg16_nll_logits: {
    name: 'VGG-16, wrong loss',
    text: '134 million weights, images enlarged to 64 × 64. NLL on raw outputs has no lower bound, so it never learns the digits.',
  },
  vgg2: { name: 'VGG-2', text: 'Four convolutions with batch normalisation.' },
  resnet18_nll_logits: {
    name: 'ResNet-18, wrong loss',
    text: 'NLL on raw outputs falls without end, to −10.65 million; the accuracy stays behind.',
  },
  resnet: { name: 'Small ResNet', text: 'Two residual blocks on 16 and 32 channels.' },
  lenet_nll_softmax: {
    name: 'LeNet-5, wrong loss',
    text: 'NLL on softmax has tiny gradients: some digits are never learnt.',
  },
  convolution_check: { name: 'Convolution by hand' },
  learning_rate_not_given: 'The report does not give the learning rate; 0.01 is assumed.',
  opening_layers_not_given: 'The report leaves the first layers out; LeNet-5’s own are assumed.',
  learning_rate_tiny: 'The learning rate is tiny: with the right loss alone it still learns slowly.',
} as const;

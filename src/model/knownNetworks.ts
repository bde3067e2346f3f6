/** Networks that people know from courses and papers, as data; where they come from: knownPresets.ts. */
import type { WeightInit } from '@/model/initialisations';
import { batchNorm, conv, dropout, flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import type { LayerSpec, NetworkSpec } from '@/model/layers';

/** pytorch/examples, mnist/main.py. */
const pytorchMnist: NetworkSpec = {
  id: 'pytorch_mnist',
  name: 'PyTorch’s example',
  outputActivation: 'log_softmax',
  layers: [
    conv('conv1', 1, 32, 3),
    relu('relu1'),
    conv('conv2', 32, 64, 3),
    relu('relu2'),
    maxPool('pool'),
    dropout('dropout1', 0.25),
    flatten(),
    linear('fc1', 9216, 128),
    relu('relu3'),
    dropout('dropout2'),
    linear('fc2', 128, 10),
  ],
};

const tanh = (name: string): LayerSpec => ({ kind: 'Tanh', name });
const averagePool = (name: string): LayerSpec => ({
  kind: 'AvgPool2d',
  name,
  kernelSize: 2,
  stride: 2,
  padding: 0,
  countIncludePad: true,
});

/** The paper's names of its layers; C5 is the Linear that a convolution of 5x5 on 5x5 is. */
const lenet1998: NetworkSpec = {
  id: 'lenet_1998',
  name: 'LeNet-5 of 1998',
  outputActivation: 'none',
  layers: [
    conv('c1', 1, 6, 5, { padding: 2 }),
    tanh('tanh1'),
    averagePool('s2'),
    conv('c3', 6, 16, 5),
    tanh('tanh3'),
    averagePool('s4'),
    flatten(),
    linear('c5', 400, 120),
    tanh('tanh5'),
    linear('f6', 120, 84),
    tanh('tanh6'),
    linear('output', 84, 10),
  ],
};

// As Keras draws Dense layers.
const glorot: WeightInit = { kind: 'xavier_uniform', gain: 1 };

const mlp512: NetworkSpec = {
  id: 'mlp_512',
  name: 'MLP 784-512-10',
  outputActivation: 'none',
  layers: [flatten(), linear('fc1', 784, 512, glorot), relu('relu1'), linear('fc2', 512, 10, glorot)],
};

/** A depthwise convolution and the pointwise one behind it, each with BatchNorm and ReLU, as in MobileNet. */
const separable = (name: string, inChannels: number, outChannels: number, stride: number): LayerSpec[] => [
  {
    ...conv(`depthwise${name}`, inChannels, inChannels, 3, { stride, padding: 1, bias: false }),
    groups: inChannels,
  },
  batchNorm(`bn${name}a`, inChannels),
  relu(`relu${name}a`),
  conv(`pointwise${name}`, inChannels, outChannels, 1, { bias: false }),
  batchNorm(`bn${name}b`, outChannels),
  relu(`relu${name}b`),
];

/** The blocks of MobileNet's first half, at a width and with strides for 28 x 28. */
const smallMobilenet: NetworkSpec = {
  id: 'mobilenet_small',
  name: 'Small MobileNet',
  outputActivation: 'none',
  layers: [
    conv('conv1', 1, 16, 3, { stride: 2, padding: 1, bias: false }),
    batchNorm('bn1', 16),
    relu('relu1'),
    ...separable('2', 16, 32, 1),
    ...separable('3', 32, 64, 2),
    ...separable('4', 64, 64, 1),
    ...separable('5', 64, 128, 2),
    { kind: 'AdaptiveAvgPool2d', name: 'pool', outputSize: 1 },
    flatten(),
    linear('fc', 128, 10),
  ],
};

const normalized = (name: string, inChannels: number, outChannels: number): LayerSpec[] => [
  conv(`conv${name}`, inChannels, outChannels, 3, { padding: 1, bias: false }),
  batchNorm(`bn${name}`, outChannels),
  relu(`relu${name}`),
];

/** What the search of `npm run bench:best` found: BatchNorm where images are small, and it costs little. */
const fiveMinuteCnn: NetworkSpec = {
  id: 'five_minute_cnn',
  name: 'Five-minute CNN',
  outputActivation: 'none',
  layers: [
    conv('conv1', 1, 16, 5),
    relu('relu1'),
    maxPool('pool1'),
    ...normalized('2', 16, 32),
    ...normalized('3', 32, 32),
    maxPool('pool2'),
    ...normalized('4', 32, 64),
    maxPool('pool3'),
    flatten(),
    dropout('dropout', 0.25),
    linear('fc', 576, 10),
  ],
};

export const knownNetworks = [pytorchMnist, lenet1998, mlp512, smallMobilenet, fiveMinuteCnn] as const;

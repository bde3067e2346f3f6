/** The six networks of the report, as data; the reference is fixtures/pytorch/models.py. */
import { batchNorm, conv, dropout, dropout2d, flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import type { LayerSpec, NetworkSpec, Residual } from '@/model/layers';
import type { WeightInit } from '@/model/initialisations';

const kaimingNormal: WeightInit = { kind: 'kaiming_normal_fan_out' };
const smallNormal: WeightInit = { kind: 'normal', std: 0.01 };

export const mynn: NetworkSpec = {
  id: 'mynn',
  name: 'Mynn',
  outputActivation: 'none',
  layers: [
    conv('conv1', 1, 10, 5),
    maxPool('pool1'),
    relu('relu1'),
    conv('conv2', 10, 20, 5),
    dropout2d('conv2_drop'),
    maxPool('pool2'),
    relu('relu2'),
    flatten(),
    linear('fc1', 320, 50),
    relu('relu3'),
    dropout('dropout'),
    linear('fc2', 50, 10),
  ],
};

export const lenet: NetworkSpec = {
  id: 'lenet',
  name: 'LeNet',
  outputActivation: 'softmax',
  layers: [
    conv('conv1.0', 1, 6, 5, { padding: 2 }),
    relu('conv1.1'),
    maxPool('conv1.2'),
    conv('conv2.0', 6, 16, 5),
    relu('conv2.1'),
    maxPool('conv2.2'),
    flatten(),
    linear('fc1.0', 400, 120),
    relu('fc1.1'),
    linear('fc2.0', 120, 84),
    relu('fc2.1'),
    linear('fc3', 84, 10),
  ],
};

function plainResidualBlock(name: string, channels: number): LayerSpec[] {
  const block: Residual = {
    kind: 'Residual',
    name,
    body: [
      conv(`${name}.conv1`, channels, channels, 3, { padding: 1 }),
      relu(`${name}.relu1`),
      conv(`${name}.conv2`, channels, channels, 3, { padding: 1 }),
    ],
    shortcut: [],
  };
  return [block, relu(`${name}.relu2`)];
}

export const smallResnet: NetworkSpec = {
  id: 'resnet',
  name: 'Small ResNet',
  outputActivation: 'log_softmax',
  layers: [
    conv('conv1', 1, 16, 5),
    relu('relu1'),
    maxPool('pool1'),
    ...plainResidualBlock('res_block_1', 16),
    conv('conv2', 16, 32, 5),
    relu('relu2'),
    maxPool('pool2'),
    ...plainResidualBlock('res_block_2', 32),
    flatten(),
    linear('fc1', 512, 10),
  ],
  // The constructor makes both convolutions before the blocks.
  stateOrder: [
    'conv1',
    'conv2',
    'res_block_1.conv1',
    'res_block_1.conv2',
    'res_block_2.conv1',
    'res_block_2.conv2',
    'fc1',
  ],
};

export const vgg2: NetworkSpec = {
  id: 'vgg2',
  name: 'VGG-2',
  outputActivation: 'none',
  layers: [
    conv('features.0', 1, 64, 3, { padding: 1, init: kaimingNormal }),
    batchNorm('features.1', 64),
    relu('features.2'),
    conv('features.3', 64, 64, 3, { padding: 1, init: kaimingNormal }),
    batchNorm('features.4', 64),
    relu('features.5'),
    maxPool('features.6'),
    conv('features.7', 64, 128, 3, { padding: 1, init: kaimingNormal }),
    batchNorm('features.8', 128),
    relu('features.9'),
    conv('features.10', 128, 128, 3, { padding: 1, init: kaimingNormal }),
    batchNorm('features.11', 128),
    relu('features.12'),
    maxPool('features.13'),
    flatten(),
    linear('classifier.0', 6272, 256, smallNormal),
    relu('classifier.1'),
    dropout('classifier.2'),
    linear('classifier.3', 256, 128, smallNormal),
    relu('classifier.4'),
    dropout('classifier.5'),
    linear('classifier.6', 128, 10, smallNormal),
  ],
};

function basicBlock(name: string, inChannels: number, outChannels: number, stride: number): LayerSpec[] {
  const projects = stride !== 1 || inChannels !== outChannels;
  const block: Residual = {
    kind: 'Residual',
    name,
    body: [
      conv(`${name}.conv1`, inChannels, outChannels, 3, {
        stride,
        padding: 1,
        bias: false,
        init: kaimingNormal,
      }),
      batchNorm(`${name}.bn1`, outChannels),
      relu(`${name}.relu1`),
      conv(`${name}.conv2`, outChannels, outChannels, 3, { padding: 1, bias: false, init: kaimingNormal }),
      batchNorm(`${name}.bn2`, outChannels),
    ],
    shortcut: projects
      ? [
          conv(`${name}.downsample.0`, inChannels, outChannels, 1, {
            stride,
            bias: false,
            init: kaimingNormal,
          }),
          batchNorm(`${name}.downsample.1`, outChannels),
        ]
      : [],
  };
  return [block, relu(`${name}.relu2`)];
}

export const resnet18: NetworkSpec = {
  id: 'resnet18',
  name: 'ResNet-18',
  outputActivation: 'none',
  layers: [
    conv('conv1', 1, 64, 7, { stride: 2, padding: 3, bias: false }),
    batchNorm('bn1', 64),
    relu('relu'),
    maxPool('maxpool', 3, 2, 1),
    ...basicBlock('layer1.0', 64, 64, 1),
    ...basicBlock('layer1.1', 64, 64, 1),
    ...basicBlock('layer2.0', 64, 128, 2),
    ...basicBlock('layer2.1', 128, 128, 1),
    ...basicBlock('layer3.0', 128, 256, 2),
    ...basicBlock('layer3.1', 256, 256, 1),
    ...basicBlock('layer4.0', 256, 512, 2),
    ...basicBlock('layer4.1', 512, 512, 1),
    { kind: 'AdaptiveAvgPool2d', name: 'avgpool', outputSize: 1 },
    flatten(),
    linear('fc', 512, 10),
  ],
};

/** torchvision's configuration D: channels of the 3x3 convolutions, `M` for a 2x2 max pool. */
const vgg16Features = [
  64,
  64,
  'M',
  128,
  128,
  'M',
  256,
  256,
  256,
  'M',
  512,
  512,
  512,
  'M',
  512,
  512,
  512,
  'M',
] as const;

function vgg16Convolutions(): LayerSpec[] {
  const layers: LayerSpec[] = [];
  let inChannels = 1;
  for (const item of vgg16Features) {
    const index = layers.length;
    if (item === 'M') {
      layers.push(maxPool(`features.${index}`));
      continue;
    }
    // The report replaced the first convolution and left its padding out.
    const options = index === 0 ? {} : { padding: 1, init: kaimingNormal };
    layers.push(conv(`features.${index}`, inChannels, item, 3, options), relu(`features.${index + 1}`));
    inChannels = item;
  }
  return layers;
}

export const vgg16: NetworkSpec = {
  id: 'vgg16',
  name: 'VGG-16',
  outputActivation: 'none',
  layers: [
    ...vgg16Convolutions(),
    { kind: 'AdaptiveAvgPool2d', name: 'avgpool', outputSize: 7 },
    flatten(),
    linear('classifier.0', 25088, 4096, smallNormal),
    relu('classifier.1'),
    dropout('classifier.2'),
    linear('classifier.3', 4096, 4096, smallNormal),
    relu('classifier.4'),
    dropout('classifier.5'),
    linear('classifier.6', 4096, 10),
  ],
};

/** In the report's order. */
export const architectures: readonly NetworkSpec[] = [mynn, vgg16, vgg2, resnet18, smallResnet, lenet];

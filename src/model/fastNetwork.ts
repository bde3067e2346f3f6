/** The network of "To 99% as fast as possible" (fastPreset.ts). */
import { conv, flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import type { NetworkSpec } from '@/model/layers';

export const fastCnn: NetworkSpec = {
  id: 'fast_cnn',
  name: 'Fast CNN',
  outputActivation: 'none',
  layers: [
    conv('conv1', 1, 8, 5),
    relu('relu1'),
    maxPool('pool1'),
    conv('conv2', 8, 24, 5),
    relu('relu2'),
    maxPool('pool2'),
    flatten(),
    linear('fc1', 384, 64),
    relu('relu3'),
    linear('fc2', 64, 10),
  ],
};

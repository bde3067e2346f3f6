import { expect, it } from 'vitest';
import { lenet, mynn, smallResnet } from '@/model/architectures';
import { labPlaceOf } from '@/features/inspect/layers/labPlace';

it('is a unit’s convolution, with the lab’s stage', () => {
  expect(labPlaceOf(lenet, 'conv2.0')).toEqual({ layer: 'conv2.0', stage: 'conv', pool: null });
  expect(labPlaceOf(lenet, 'conv2.1')).toEqual({ layer: 'conv2.0', stage: 'relu', pool: null });
  expect(labPlaceOf(lenet, 'conv2.2')).toEqual({
    layer: 'conv2.0',
    stage: 'pool',
    pool: { kernelSize: 2, stride: 2, padding: 0 },
  });
  expect(labPlaceOf(smallResnet, 'res_block_1.relu1')?.layer).toBe('res_block_1.conv1');
});

it('is none where the lab computes something else', () => {
  // Mynn pools first; a Linear is no convolution; a block adds.
  expect(labPlaceOf(mynn, 'pool1')).toBeNull();
  expect(labPlaceOf(mynn, 'relu1')).toBeNull();
  expect(labPlaceOf(lenet, 'fc3')).toBeNull();
  expect(labPlaceOf(smallResnet, 'res_block_1')).toBeNull();
  expect(labPlaceOf(lenet, 'nowhere')).toBeNull();
});

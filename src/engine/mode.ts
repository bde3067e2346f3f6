/**
 * What a pass through the network is for. `inspect` is training without the update, with every gradient kept. `explain` is eval mode
 * with a way back: gradients of what layers give and of the input, none of parameters.
 */
export type Mode = 'train' | 'inspect' | 'eval' | 'explain';

/** Dropout drops, BatchNorm goes by the batch, and parameters get gradients. */
export function isTraining(mode: Mode): boolean {
  return mode === 'train' || mode === 'inspect';
}

/** What the way back reads must outlive the forward pass. */
export function hasBackward(mode: Mode): boolean {
  return mode !== 'eval';
}

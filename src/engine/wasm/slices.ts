/** Which operations treat every slice of a batch for itself: see operationFlags in operations.ts. */
import { gradientSlices, imageOperations, type OperationName } from '@/engine/wasm/operations';

/** Whose sums are taken slice by slice where `slices` says so. */
const summedInSlices: ReadonlySet<OperationName> = new Set<OperationName>([
  'biasGradient',
  'convPoolWeightGradient',
  'groupNormGradient',
  'batchNormSums',
  'batchNormGradientSums',
  'convWeightGradient',
  'groupedConvWeightGradient',
]);

/** `operands` are the operation's arguments, `blocks` those of eight images in the batch. */
export function isSliced(
  name: OperationName,
  operands: Readonly<Record<string, unknown>>,
  blocks: number,
): boolean {
  if (blocks % gradientSlices !== 0) return false;
  const of = (parameter: string): number => Number(operands[parameter] ?? 0);
  /** A group of Winograd's tiles is one thread's. */
  const isOfGroups = (tiles: number): boolean => tiles % (gradientSlices * of('group')) === 0;
  if (summedInSlices.has(name)) return of('slices') === gradientSlices;
  if (name === 'winogradWeightGradient') return of('slices') === gradientSlices && isOfGroups(of('tiles'));
  if (name === 'winogradForward' || name === 'winogradInputGradient') {
    const side = of('scheme') === 2 ? 2 : 4;
    return isOfGroups(blocks * Math.ceil(of('outHeight') / side) * Math.ceil(of('outWidth') / side));
  }
  return imageOperations.has(name);
}

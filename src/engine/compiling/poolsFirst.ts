/** The order in which layers are computed where it makes no difference to what they give. */
import { activationOf, isActivation, type LayerSpec } from '@/model/layers';

/**
 * The layers with each max pool before a rising activation in front of it: the largest of the activation's values is the value of the
 * largest, and the gradient goes to that one either way, since values that are different and give the same lie where the slope is 0 or
 * the difference is below float32's rounding. The activation then has a window's size fewer values to treat, and a convolution's kernel
 * can take over the pool. `isKept`: whether the output of the layer of this name is asked for.
 */
export function poolsFirst(
  layers: readonly LayerSpec[],
  isKept: (name: string) => boolean,
): readonly LayerSpec[] {
  const ordered = [...layers];
  for (let at = 0; at + 1 < ordered.length; at += 1) {
    const [layer, next] = [ordered[at], ordered[at + 1]];
    if (layer === undefined || next?.kind !== 'MaxPool2d' || isKept(layer.name) || isKept(next.name))
      continue;
    if (isActivation(layer) && activationOf(layer).course === 'rising') ordered.splice(at, 2, next, layer);
  }
  return ordered;
}

/** Every network that comes with the page, by its id, which links and files keep. */
import { architectures } from '@/model/architectures';
import { knownNetworks } from '@/model/knownNetworks';
import type { NetworkSpec } from '@/model/layers';

/** The report's six in its order, then the known ones. */
export const standardNetworks: readonly NetworkSpec[] = [...architectures, ...knownNetworks];

/** The network that comes with the page under this id, or undefined. */
export function findStandardNetwork(id: string): NetworkSpec | undefined {
  return standardNetworks.find((network) => network.id === id);
}

/** The network with this id; throws a RangeError that lists the known ids. */
export function standardNetwork(id: string): NetworkSpec {
  const found = findStandardNetwork(id);
  if (found === undefined) {
    const known = standardNetworks.map((network) => network.id).join(', ');
    throw new RangeError(`Unknown network "${id}". Known: ${known}.`);
  }
  return found;
}

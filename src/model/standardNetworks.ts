/** Every network that comes with the page, by its id, which links and files keep. */
import { architectures } from '@/model/architectures';
import { fastCnn } from '@/model/fastNetwork';
import { knownNetworks } from '@/model/knownNetworks';
import type { NetworkSpec } from '@/model/layers';

/** Those that are not the report's. */
export const moreNetworks: readonly NetworkSpec[] = [fastCnn, ...knownNetworks];

/** The report's six in its order, then the others. */
export const standardNetworks: readonly NetworkSpec[] = [...architectures, ...moreNetworks];

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

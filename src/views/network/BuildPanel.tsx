/** The editor. */
import type { NetworkSpec } from '@/model/layers';
import type { NetworkCheck } from '@/model/networkCheck';

export function BuildPanel({ network }: { readonly network: NetworkSpec; readonly check: NetworkCheck }) {
  return <p>{network.name}</p>;
}

/** Networks from outside (links, storage, files): checked in form and size, so that what passes is safe to build. */
import * as v from 'valibot';
import {
  flattenLayers,
  layersSchema,
  mapLayers,
  networkLimits,
  shortestForm,
  type NetworkSpec,
} from '@/model/layers';
import { nameSchema } from '@/model/layers/fields';
import { nameProblems } from '@/model/layerNames';
import { findStandardNetwork } from '@/model/standardNetworks';
import { stateEntries } from '@/model/stateDict';

/** What is wrong with a network from outside; the message names the place and what is expected there. */
export class NetworkSpecError extends Error {
  override readonly name = 'NetworkSpecError';
}

const network = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  layers: v.pipe(layersSchema, v.minLength(1)),
  outputActivation: v.picklist(['none', 'softmax', 'log_softmax']),
  stateOrder: v.exactOptional(v.pipe(v.array(nameSchema), v.maxLength(networkLimits.layers))),
});

/** Counted before the schema walks in, which recurses once a level. */
function expectShallow(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    // A network's own object and list come before its layers; each Residual adds an object and a list.
    if (depth > 2 * networkLimits.depth + 4) {
      throw new NetworkSpecError(`Residual blocks may be nested ${networkLimits.depth} deep at most.`);
    }
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length > 100 * networkLimits.layers) {
      throw new NetworkSpecError(`A network may have ${networkLimits.layers} layers at most.`);
    }
  }
}

function expectConsistent(spec: NetworkSpec): void {
  const all = flattenLayers(spec.layers);
  if (all.length > networkLimits.layers) {
    throw new NetworkSpecError(
      `The network has ${all.length} layers; ${networkLimits.layers} are allowed at most.`,
    );
  }
  const [problem] = nameProblems(spec.layers);
  if (problem !== undefined) throw new NetworkSpecError(problem.message);
  if (spec.stateOrder !== undefined) {
    const { stateOrder, ...forward } = spec;
    const owners = new Set(stateEntries(forward).map((entry) => entry.layer.name));
    if (stateOrder.length !== owners.size || !stateOrder.every((name) => owners.delete(name))) {
      throw new NetworkSpecError('stateOrder must name every layer that has weights, each once.');
    }
  }
  const known = findStandardNetwork(spec.id);
  if (known !== undefined && !sameNetwork(known, spec)) {
    throw new NetworkSpecError(`"${spec.id}" is ${known.name}, which is another network; use another id.`);
  }
}

/** Whether both compute the same and have the same state_dict; ids and shown names do not count. */
export function sameNetwork(a: NetworkSpec, b: NetworkSpec): boolean {
  const content = ({ layers, outputActivation, stateOrder }: NetworkSpec): string =>
    JSON.stringify([layers, outputActivation, stateOrder ?? null]);
  return content(a) === content(b);
}

/**
 * A network from data that was not made here. Whether its shapes fit is another question, see checkNetwork.
 * @throws NetworkSpecError that names the place and what is expected there.
 */
export function parseNetworkSpec(value: unknown): NetworkSpec {
  expectShallow(value);
  const result = v.safeParse(network, value, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    throw new NetworkSpecError(`${v.getDotPath(issue) ?? 'network'}: ${issue.message}.`);
  }
  const spec = { ...result.output, layers: mapLayers(result.output.layers, (layer) => shortestForm(layer)) };
  expectConsistent(spec);
  return spec;
}

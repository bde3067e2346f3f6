/** A registry of kinds as hyperparameters: the choice of the kind, then every setting that one of the kinds has. */
import {
  boolean,
  choice,
  chosen,
  number,
  type Hyperparameter,
  type HyperparameterGroup,
  type HyperparameterKey,
} from '@/model/hyperparameter';
import { keysOf, type Field } from '@/model/kindFields';
import type { RunConfig } from '@/model/runConfig';

/** The part of a config that has a kind; `key` is the hyperparameter that chooses it. */
interface KindPart<Spec extends { readonly kind: string }> {
  readonly key: 'loss' | 'optimizer' | 'schedule';
  readonly group: HyperparameterGroup;
  readonly kinds: readonly Spec['kind'][];
  readonly fieldsOf: (kind: Spec['kind']) => Readonly<Partial<Record<HyperparameterKey, Field>>>;
  readonly defaultOf: (kind: Spec['kind']) => Spec;
  /** PyTorch's name of the kind, or null. */
  readonly nameOf: (kind: Spec['kind']) => string | null;
  readonly read: (config: RunConfig) => Spec;
  readonly write: (config: RunConfig, spec: Spec) => RunConfig;
}

/** The keys of all lists in one order that keeps each list's own. */
function mergedKeys<Key extends string>(lists: readonly (readonly Key[])[]): readonly Key[] {
  const merged: Key[] = [];
  for (const keys of lists) {
    keys.forEach((key, i) => {
      if (merged.includes(key)) return;
      const next = keys.slice(i + 1).find((later) => merged.includes(later));
      merged.splice(next === undefined ? merged.length : merged.indexOf(next), 0, key);
    });
  }
  return merged;
}

function settingOf<Spec extends { readonly kind: string }>(
  part: KindPart<Spec>,
  key: HyperparameterKey,
): Hyperparameter {
  const having = part.kinds.filter((kind) => key in part.fieldsOf(kind));
  const [first] = having;
  const field = first === undefined ? undefined : part.fieldsOf(first)[key];
  if (field === undefined) throw new RangeError(`No kind has a setting "${key}".`);
  const isEverywhere = having.length === part.kinds.length;
  const common = {
    key,
    group: part.group,
    argument: field.argument,
    hintOf: field.hintOf ?? null,
    belongsTo: isEverywhere ? null : { key: part.key, values: having },
  };
  const valueIn = (config: RunConfig): unknown => Reflect.get(part.read(config), key);
  const withValue = (config: RunConfig, value: number | boolean): RunConfig => {
    const spec = part.read(config);
    return key in spec ? part.write(config, { ...spec, [key]: value }) : config;
  };
  if (field.kind === 'boolean') {
    const read = (config: RunConfig): boolean | undefined => {
      const value = valueIn(config);
      return typeof value === 'boolean' ? value : undefined;
    };
    return boolean({ ...common, default: field.default, read, write: withValue });
  }
  const { kind, min, max, step, scale, unit } = field;
  const read = (config: RunConfig): number | undefined => {
    const value = valueIn(config);
    return typeof value === 'number' ? value : undefined;
  };
  return {
    ...number({ ...common, default: field.default, min, max, step, scale, unit, read, write: withValue }),
    kind,
  };
}

/** The choice of the kind, and the settings of all kinds, each kind's in its own order. */
export function kindHyperparameters<Spec extends { readonly kind: string }>(
  part: KindPart<Spec>,
  defaultKind: Spec['kind'],
): readonly [Hyperparameter, ...Hyperparameter[]] {
  const { key, group, kinds } = part;
  const kindChoice = choice({
    key,
    group,
    default: defaultKind,
    choices: kinds,
    names: Object.fromEntries(
      kinds.flatMap((kind) => {
        const name = part.nameOf(kind);
        return name === null ? [] : [[kind, name]];
      }),
    ),
    read: (config) => part.read(config).kind,
    write: (config, value) => {
      const kind = chosen(kinds, value);
      return kind === undefined ? config : part.write(config, part.defaultOf(kind));
    },
  });
  const keys = mergedKeys(kinds.map((kind) => keysOf(part.fieldsOf(kind))));
  return [kindChoice, ...keys.map((fieldKey) => settingOf(part, fieldKey))];
}

/** Every optimizer, each in a file of its own. A new one is a file here and a line of the table; the engines' tables then miss it. */
import { keysOf, registry, type FieldKeyOf, type ValuesByKind } from '@/model/kindFields';
import { adadelta } from '@/model/optimizers/adadelta';
import { adagrad } from '@/model/optimizers/adagrad';
import { adam } from '@/model/optimizers/adam';
import { adamW } from '@/model/optimizers/adamW';
import type { OptimizerDefinition, ParameterUpdate, SettingProblem } from '@/model/optimizers/definition';
import { nadam } from '@/model/optimizers/nadam';
import { rmsprop } from '@/model/optimizers/rmsprop';
import { sgd } from '@/model/optimizers/sgd';

/** In the order of the menu. */
const table = registry({
  SGD: sgd,
  Adam: adam,
  AdamW: adamW,
  NAdam: nadam,
  RMSprop: rmsprop,
  Adagrad: adagrad,
  Adadelta: adadelta,
});

type Table = typeof table;
type Values = ValuesByKind<Table>;

export type OptimizerKind = keyof Table;
/** PyTorch's optimizers with PyTorch's parameters; the learning rate stands beside them, since schedules change it. */
export type OptimizerSpec<K extends OptimizerKind = OptimizerKind> = {
  [P in K]: { readonly kind: P } & Values[P];
}[K];
export type OptimizerField = FieldKeyOf<Table>;
export type OptimizerSlot = ReturnType<Table[OptimizerKind]['slots']>[number];
export type OptimizerProblemCode = ReturnType<Table[OptimizerKind]['problems']>[number]['code'];

export const optimizers: {
  readonly [K in OptimizerKind]: OptimizerDefinition<
    K,
    Values[K],
    OptimizerSlot,
    OptimizerProblemCode,
    OptimizerField
  >;
} = table;

export const optimizerKinds = keysOf(table);

/** torch.optim's own defaults. */
export function defaultOptimizer<K extends OptimizerKind>(kind: K): OptimizerSpec<K> {
  return optimizers[kind].defaults;
}

/** The state_dict slots that this optimizer keeps for every parameter, each as large as the parameter. */
export function optimizerSlots<K extends OptimizerKind>(spec: OptimizerSpec<K>): readonly OptimizerSlot[] {
  return optimizers[spec.kind].slots(spec);
}

/** Settings that PyTorch refuses together. */
export function optimizerProblems<K extends OptimizerKind>(
  spec: OptimizerSpec<K>,
): readonly SettingProblem<OptimizerProblemCode, OptimizerField>[] {
  return optimizers[spec.kind].problems(spec);
}

/** One update of one parameter and its slots in place, in float64 between reading and writing. */
export function updateParameter<K extends OptimizerKind>(
  spec: OptimizerSpec<K>,
  update: ParameterUpdate,
): void {
  optimizers[spec.kind].update(spec, update);
}

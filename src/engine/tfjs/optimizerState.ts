/** The optimizer's slots on the device, and one step of it over all parameters. */
import * as tf from '@tensorflow/tfjs-core';
import {
  hostBackend,
  hostValues,
  dropPackedCopy,
  type HostBackend,
} from '@/engine/tfjs/kernels/tfjsInternals';
import { clampedGradient, clippedGradients, updated, type Slots } from '@/engine/tfjs/optimizers';
import { fromDevice, toDevice, type ParameterStore } from '@/engine/tfjs/parameterStore';
import { clipGradientNorm } from '@/model/clipGradientNorm';
import { clipGradientValue } from '@/model/clipGradientValue';
import { optimizerSlots, updateParameter, type OptimizerSpec } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import type { StateEntry } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';

/** Sees each parameter right before and right after its update. */
export interface UpdateWatcher {
  beforeUpdate(key: string, parameter: tf.Tensor): void;
  afterUpdate(key: string, parameter: tf.Tensor): void;
}

type Clipping = Pick<RunConfig, 'clipGradNorm' | 'clipGradValue'>;

export class OptimizerState {
  readonly #spec: OptimizerSpec;
  readonly #entries: readonly StateEntry[];
  /** By parameter, then by slot. */
  readonly #slots = new Map<string, Slots>();
  /** Updates done with these slots; Adam's bias correction counts them. */
  #updates = 0;

  constructor(spec: OptimizerSpec, entries: readonly StateEntry[]) {
    this.#spec = spec;
    this.#entries = entries;
  }

  /**
   * Clips where asked, updates every parameter, and frees each gradient as soon as it is used, since the largest are
   * hundreds of MB.
   */
  apply(
    parameters: ParameterStore,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
    clipping: Clipping,
    watcher: UpdateWatcher | null = null,
  ): void {
    this.#updates += 1;
    const host = hostBackend();
    tf.tidy(() => {
      if (host !== null) {
        this.#applyOnHost(host, parameters, gradients, learningRate, clipping, watcher);
      } else {
        const { clipGradNorm, clipGradValue } = clipping;
        const applied = clipGradNorm === null ? gradients : clippedGradients(gradients, clipGradNorm);
        this.#applyOnDevice(parameters, applied, learningRate, clipGradValue, watcher);
      }
    });
  }

  #applyOnDevice(
    parameters: ParameterStore,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
    clipGradValue: number | undefined,
    watcher: UpdateWatcher | null,
  ): void {
    const rate = tf.scalar(learningRate);
    for (const { key } of this.#entries) {
      const gradient = gradients.get(key);
      if (gradient === undefined) continue;
      const old = this.#slots.get(key) ?? {};
      watcher?.beforeUpdate(key, parameters.get(key));
      const { parameter, slots } = tf.tidy(() => {
        const result = updated(this.#spec, {
          parameter: parameters.get(key),
          gradient: clipGradValue === undefined ? gradient : clampedGradient(gradient, clipGradValue),
          slots: old,
          learningRate,
          rate,
          updates: this.#updates,
        });
        return { parameter: result.parameter, slots: { ...result.slots } };
      });
      tf.dispose({ ...old });
      gradient.dispose();
      parameters.replace(key, parameter);
      watcher?.afterUpdate(key, parameter);
      for (const slot of Object.values(slots)) tf.keep(slot);
      this.#slots.set(key, slots);
    }
  }

  #applyOnHost(
    host: HostBackend,
    parameters: ParameterStore,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRate: number,
    { clipGradNorm, clipGradValue }: Clipping,
    watcher: UpdateWatcher | null,
  ): void {
    const values = (tensor: tf.Tensor): Float32Array => hostValues(host, tensor);
    if (clipGradNorm !== null) clipGradientNorm([...gradients.values()].map(values), clipGradNorm);
    for (const { key } of this.#entries) {
      const gradient = gradients.get(key);
      if (gradient === undefined) continue;
      const parameter = parameters.get(key);
      const slots = this.#slots.get(key) ?? this.#zeroSlots(parameter.shape);
      this.#slots.set(key, slots);
      watcher?.beforeUpdate(key, parameter);
      if (clipGradValue !== undefined) clipGradientValue(values(gradient), clipGradValue);
      updateParameter(this.#spec, {
        parameter: values(parameter),
        gradient: values(gradient),
        slots: Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, values(slot)])),
        learningRate,
        updates: this.#updates,
      });
      dropPackedCopy(host, parameter);
      watcher?.afterUpdate(key, parameter);
      gradient.dispose();
    }
  }

  #zeroSlots(shape: number[]): Slots {
    return Object.fromEntries(optimizerSlots(this.#spec).map((name) => [name, tf.keep(tf.fill(shape, 0))]));
  }

  /** One StateDict a slot; empty before the first update. */
  async read(): Promise<Record<string, StateDict>> {
    if (this.#slots.size === 0) return {};
    const state: Record<string, StateDict> = {};
    for (const name of optimizerSlots(this.#spec)) {
      const values = new Map<string, TensorData>();
      for (const { key, shape } of this.#entries) {
        const tensor = this.#slots.get(key)?.[name];
        if (tensor !== undefined) values.set(key, await fromDevice(tensor, shape));
      }
      state[name] = values;
    }
    return state;
  }

  /** Replaces all slots by those of a checked state; `step` is the number of steps that led to them. */
  load(state: Readonly<Record<string, StateDict>>, step: number): void {
    const wanted = optimizerSlots(this.#spec);
    const given = Object.keys(state);
    this.dispose();
    this.#updates = given.length === 0 ? 0 : step;
    if (given.length === 0) return;
    for (const { key } of this.#entries) {
      const slots: Record<string, tf.Tensor> = {};
      for (const name of wanted) {
        const values = state[name]?.get(key);
        if (values !== undefined) slots[name] = tf.keep(toDevice(values));
      }
      this.#slots.set(key, slots);
    }
  }

  dispose(): void {
    for (const slots of this.#slots.values()) tf.dispose({ ...slots });
    this.#slots.clear();
    this.#updates = 0;
  }
}

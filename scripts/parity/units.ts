/** What a fixture folder holds, piece by piece: the six networks, the preprocessing and the manual convolution. */
import { EngineError } from '@/engine/engine';
import { decodeSafetensors } from '@/formats/safetensors';
import { architectures } from '@/model/architectures';
import type { Check } from '../fixtures/compare.ts';
import { fixturePath, readBytes, readFixture, readJson } from '../fixtures/readFixture.ts';
import { convParity } from './convParity.ts';
import { engines, type ParityEngineName } from './engines.ts';
import { networkParity } from './networkParity.ts';
import { preprocessParity } from './preprocessParity.ts';

export const unitNames: readonly string[] = ['preprocess', 'my_conv', ...architectures.map(({ id }) => id)];

export interface UnitRequest {
  readonly folder: string;
  readonly unit: string;
  readonly engine: ParityEngineName;
  /** LOSS/OPTIMIZER runs to take; null for all. */
  readonly runs: readonly string[] | null;
}

export type UnitResult =
  | {
      readonly kind: 'done';
      readonly unit: string;
      readonly device: string;
      readonly checks: readonly Check[];
    }
  /** The network does not fit the device. */
  | { readonly kind: 'refused'; readonly unit: string; readonly device: string; readonly message: string }
  | { readonly kind: 'error'; readonly unit: string; readonly message: string };

/** Compares one piece. Engine errors other than `limits` are thrown. */
export async function runUnit(
  request: UnitRequest,
  onProgress?: (what: string) => void,
): Promise<UnitResult> {
  const { folder, unit, engine: engineName, runs } = request;
  if (unit === 'my_conv') {
    const checks = convParity(readJson(fixturePath(folder, 'my_conv.json')));
    return { kind: 'done', unit, device: 'src/conv', checks };
  }
  const { create, isFloat32 } = engines[engineName];
  const engine = await create();
  const { device } = engine.info;
  try {
    if (unit === 'preprocess') {
      const { tensors } = decodeSafetensors(readBytes(fixturePath(folder, 'preprocess.safetensors')));
      return { kind: 'done', unit, device, checks: await preprocessParity(engine, tensors) };
    }
    const checks = await networkParity(engine, readFixture(folder, unit), {
      isFloat32,
      runs: (run) => runs === null || runs.includes(run),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    return { kind: 'done', unit, device, checks };
  } catch (error) {
    if (error instanceof EngineError && error.code === 'limits') {
      return { kind: 'refused', unit, device, message: error.message };
    }
    throw error;
  } finally {
    engine.dispose();
  }
}

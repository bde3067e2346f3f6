import { expect, it } from 'vitest';
import { EngineError } from '@/engine/engine';
import { FormatError } from '@/formats/formatError';
import { checkRun } from '@/engine/checkRun';
import { defaultConfig } from '@/model/presets';
import { toWorkerError } from './workerError';

const thrownBy = (call: () => void): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return null;
};

it('names the layer that does not fit, also where the engine refused the run', () => {
  const config = defaultConfig('lenet');
  const layers = config.network.layers.slice(1);
  const refused = thrownBy(() => checkRun({ ...config, network: { ...config.network, layers } }));
  expect(refused).toBeInstanceOf(EngineError);
  expect(toWorkerError(refused)).toMatchObject({ code: 'config', subject: 'conv2.0' });
});

it('keeps the details of a file that does not fit', () => {
  const none = { count: 0, first: [] };
  const missing = { count: 1, first: [{ key: 'fc.bias', dtype: 'F32', shape: [10], nearest: null }] };
  const details = {
    kind: 'mismatch',
    missing,
    unexpected: none,
    differing: none,
    prefix: '',
    fits: null,
  } as const;
  expect(toWorkerError(new FormatError(details, 'No.'))).toEqual({
    code: 'state',
    message: 'No.',
    subject: null,
    details,
  });
});

it('hands anything else on as internal, with its words', () => {
  expect(toWorkerError(new EngineError('device', 'Lost.'))).toMatchObject({ code: 'device', subject: null });
  expect(toWorkerError('odd')).toEqual({ code: 'internal', message: 'odd', subject: null });
});

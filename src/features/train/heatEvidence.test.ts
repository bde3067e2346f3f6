import { expect, it } from 'vitest';
import { readRecord } from '../../../scripts/doctor/recordFile.ts';
import { diagnose } from '@/doctor/diagnose';
import type { DiagnosisId } from '@/doctor/rules';
import type { RecordedRunName } from '../../../scripts/doctor/runs.ts';
import { heatGrid } from './heatGrid';
import { heatMarks, layerEvidence } from './heatEvidence';
import { layerQuantities } from '@/model/layerQuantities';

const seen: readonly (readonly [RecordedRunName, DiagnosisId, string])[] = [
  ['deep_exploding', 'exploding_gradients', 'gradient/max'],
  ['deep_vanishing', 'vanishing_gradients', 'update/ratio'],
  ['lenet_dead_relus', 'dead_relus', 'input/dead'],
];

it.each(seen)('%s: the layers of %s are marked in %s', (run, id, quantityId) => {
  const record = readRecord(run);
  const diagnosis = diagnose(record).find((one) => one.id === id);
  if (diagnosis === undefined) throw new Error(`${id} was not found.`);
  expect(layerEvidence([diagnosis])?.quantityId).toBe(quantityId);
  const quantity = layerQuantities.find((one) => one.id === quantityId);
  if (quantity === undefined) throw new Error(`No quantity is named ${quantityId}.`);
  const grid = heatGrid(record.statistics, quantity);
  const marks = heatMarks(diagnosis, grid);
  expect(marks.map(({ layer }) => layer)).toEqual(diagnosis.layers);
  for (const { layer, row, left, right } of marks) {
    expect(grid.layers[row]).toBe(layer);
    const columns = grid.steps.slice(
      Math.round(left * grid.steps.length),
      Math.round(right * grid.steps.length),
    );
    // A column shows the last step that was measured before it.
    expect(columns[0]).toBeLessThanOrEqual(diagnosis.evidence.from);
    expect(columns.at(-1)).toBeLessThanOrEqual(diagnosis.evidence.to);
    expect(columns.length).toBeGreaterThan(0);
  }
});

it('shows no layer for what is seen in the loss', () => {
  expect(layerEvidence(diagnose(readRecord('lenet_softmax_twice')))).toBeNull();
});

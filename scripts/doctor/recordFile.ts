/** A RunRecord as compact JSON: four digits a number, statistics as rows. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EvaluationRecord, RunRecord } from '@/doctor/runRecord';
import type { LayerStatistics, StepStatistics, TensorStatistics } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';

/** JSON has no NaN and no infinity. */
type Figure = number | 'NaN' | 'Infinity' | '-Infinity';

interface RecordFile {
  /** Engine, commit-independent facts of how it was made. */
  readonly madeBy: string;
  readonly config: RunConfig;
  readonly loss: readonly Figure[];
  readonly accuracy: readonly Figure[];
  readonly evaluations: readonly (Omit<EvaluationRecord, 'loss'> & { readonly loss: Figure })[];
  readonly layers: readonly string[];
  /** BatchNorm layers; absent in records from before their running statistics were taken. */
  readonly norms?: readonly string[];
  /** Step, then 17 figures a layer, then one a norm: its values that are not finite. */
  readonly statistics: readonly (readonly Figure[])[];
}

const digits = 4;
const figuresOfTensor = 5;
const figuresOfLayer = 3 * figuresOfTensor + 2;

function figure(value: number): Figure {
  if (Number.isFinite(value)) return Number(value.toPrecision(digits));
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function tensorFigures({ mean, std, maxAbs, zeroShare, nonFinite }: TensorStatistics): number[] {
  return [mean, std, maxAbs, zeroShare, nonFinite];
}

function layerFigures(layer: LayerStatistics): number[] {
  return [
    ...[layer.weight, layer.gradient, layer.input].flatMap(tensorFigures),
    layer.deadShare,
    layer.updateRatio,
  ];
}

function tensorOf(row: readonly number[], at: number): TensorStatistics {
  const [mean = NaN, std = NaN, maxAbs = NaN, zeroShare = NaN, nonFinite = NaN] = row.slice(at);
  return { mean, std, maxAbs, zeroShare, nonFinite };
}

function stepOf(row: readonly number[], names: readonly string[], norms: readonly string[]): StepStatistics {
  const layers = names.map((name, i) => {
    const at = 1 + i * figuresOfLayer;
    return {
      name,
      weight: tensorOf(row, at),
      gradient: tensorOf(row, at + figuresOfTensor),
      input: tensorOf(row, at + 2 * figuresOfTensor),
      deadShare: row[at + 3 * figuresOfTensor] ?? NaN,
      updateRatio: row[at + 3 * figuresOfTensor + 1] ?? NaN,
    };
  });
  const first = 1 + names.length * figuresOfLayer;
  const running = norms.map((name, i) => ({ name, nonFinite: row[first + i] ?? NaN }));
  return { step: row[0] ?? NaN, layers, running };
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../../src/doctor/records/${name}.json`, import.meta.url));
}

export function hasRecord(name: string): boolean {
  return existsSync(pathOf(name));
}

export function writeRecord(name: string, record: RunRecord, madeBy: string): void {
  const file: RecordFile = {
    madeBy,
    config: record.config,
    loss: Array.from(record.loss, figure),
    accuracy: Array.from(record.accuracy, figure),
    evaluations: record.evaluations.map((evaluation) => ({ ...evaluation, loss: figure(evaluation.loss) })),
    layers: record.statistics[0]?.layers.map((layer) => layer.name) ?? [],
    norms: record.statistics[0]?.running.map(({ name }) => name) ?? [],
    statistics: record.statistics.map(({ step, layers, running }) => [
      step,
      ...layers.flatMap(layerFigures).map(figure),
      ...running.map(({ nonFinite }) => nonFinite),
    ]),
  };
  writeFileSync(pathOf(name), `${JSON.stringify(file)}\n`);
}

export function readRecord(name: string): RunRecord {
  const file = JSON.parse(readFileSync(pathOf(name), 'utf8')) as RecordFile;
  return {
    config: file.config,
    loss: file.loss.map(Number),
    accuracy: file.accuracy.map(Number),
    evaluations: file.evaluations.map((evaluation) => ({ ...evaluation, loss: Number(evaluation.loss) })),
    statistics: file.statistics.map((row) => stepOf(row.map(Number), file.layers, file.norms ?? [])),
  };
}

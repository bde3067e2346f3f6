/** What a run is trained and tested on, as data: MNIST, or a set of one's own in its form, with own drawings mixed in or not. */
import * as v from 'valibot';
import { classCount } from '@/model/classCounts';
import type { RunConfig } from '@/model/runConfig';

/** More of them than WebGPU binds as one buffer by default (128 MiB of 28 x 28 bytes). */
export const mostImages = 160_000;

const images = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostImages));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Of a class, or of a data set. */
export const dataNameSchema = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(60));
/** The networks have ten outputs. */
export const classNamesSchema = v.pipe(
  v.array(dataNameSchema),
  v.minLength(2),
  v.maxLength(classCount),
  v.check((names) => new Set(names).size === names.length, 'Every class has a name of its own.'),
);

/** Own drawings that are mixed in. */
export const drawingsSchema = v.object({ sha256, count: images, copies: v.pipe(images, v.maxValue(1000)) });

export const dataSpecSchema = v.object({
  /** Of its four IDX files one after the other: training images and labels, test images and labels. */
  sha256,
  name: dataNameSchema,
  /** By label; the networks' other outputs stand for nothing. */
  classNames: classNamesSchema,
  /** Without drawings that are mixed in. */
  trainingImages: images,
  testImages: images,
  /** Drawings that are spread over the training images, each so many times; `sha256`: of their images and labels as IDX. */
  drawings: v.exactOptional(drawingsSchema),
});

/** A data set by its checksum, with what views and checks need to know of it. */
export type DataSpec = v.InferOutput<typeof dataSpecSchema>;

/** What comes with the page. A configuration without `data` means it. */
export const mnist: DataSpec = {
  sha256: 'b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a',
  name: 'MNIST',
  classNames: Array.from({ length: classCount }, (_, digit) => String(digit)),
  trainingImages: 60_000,
  testImages: 10_000,
};

export const isMnist = ({ sha256: sum }: Pick<DataSpec, 'sha256'>): boolean => sum === mnist.sha256;

/** What a configuration is trained on. */
export function dataOf({ data }: { readonly data?: DataSpec | undefined }): DataSpec {
  return data ?? mnist;
}

/** Without drawings mixed in, which the test images never have. Undefined: MNIST. */
export function withoutDrawings(data: DataSpec | undefined): DataSpec | undefined {
  if (data === undefined || isMnist(data)) return undefined;
  const { drawings: _, ...base } = data;
  return base;
}

/** Training images with the drawings among them. */
export function trainingSize({ trainingImages, drawings }: DataSpec): number {
  return trainingImages + (drawings === undefined ? 0 : drawings.count * drawings.copies);
}

/** The same for the same images and labels in the same order, whatever they are called. */
export function dataKey(data: DataSpec | undefined): string {
  const { sha256: sum, drawings } = data ?? mnist;
  return drawings === undefined ? sum : `${sum}+${drawings.copies}x${drawings.sha256}`;
}

/** The class of a network's output; in brackets one that the data has no class for. */
export function className({ classNames }: Pick<DataSpec, 'classNames'>, output: number): string {
  return classNames[output] ?? `(${output})`;
}

/** The configuration on other data: on all of its training images where it was on all of them, else on as many as there are. */
export function withData(config: RunConfig, data: DataSpec | undefined): RunConfig {
  const { data: before, ...others } = config;
  const next = data ?? mnist;
  const isAll = config.trainingImages >= trainingSize(before ?? mnist);
  const all = trainingSize(next);
  const trainingImages = isAll ? all : Math.min(config.trainingImages, all);
  const isPlain = isMnist(next) && next.drawings === undefined;
  return isPlain ? { ...others, trainingImages } : { ...others, trainingImages, data: next };
}

/** Data out of a link or a file. @throws v.ValiError, SyntaxError */
export function parseData(text: string): DataSpec {
  const data = v.parse(dataSpecSchema, JSON.parse(text));
  if (trainingSize(data) > mostImages) throw new RangeError(`More than ${mostImages} training images.`);
  return data;
}

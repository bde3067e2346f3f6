/** The writers of exportFormats.ts; what they are made of is loaded when a file is asked for. */
import type { ExportFormatId } from '@/formats/exportFormats';
import type { BatchGradients, KeptWeights } from '@/formats/networkReadings';
import { dataOf } from '@/model/dataSet';
import type { RunConfig } from '@/model/runConfig';
import type { RunHistory } from '@/model/runHistory';
import type { StateDict } from '@/model/tensor';
import type { TestClasses } from '@/model/testFigures';

/** What a file can be made of. */
export interface ExportSource {
  /** Of the run at hand; the draft's where there is none. */
  readonly config: RunConfig;
  /** The address that opens this configuration. */
  readonly link: string;
  /** Null before there is a run. */
  readonly run: RunHistory | null;
  /**
   * Parameters and buffers as they stand after `run.step` steps, read from the engine. Both functions are for formats that need
   * weights alone.
   */
  readonly parameters: () => Promise<StateDict>;
  /** What the network reads in each test image, in order, with images and labels. Takes as long as a test. */
  readonly testPredictions: () => Promise<TestClasses>;
  /** Of one batch in training mode, the first images of the training set, without an update; null before those are there. */
  readonly batchGradients: () => Promise<BatchGradients | null>;
  /** What storage keeps of the run on its way. */
  readonly kept: KeptWeights;
}

export type Encoder = (source: ExportSource) => Promise<Uint8Array<ArrayBuffer>>;

/** @throws RangeError where there is no run */
function stepped(run: RunHistory | null): RunHistory {
  if (run === null) throw new RangeError('There is no run to tell of.');
  return run;
}

const onnx =
  (fromBytes: boolean): Encoder =>
  async ({ config, link, run, parameters }) => {
    const { encodeOnnx } = await import('@/formats/onnx/encodeOnnx');
    const { network, seed } = config;
    const { name, sha256 } = dataOf(config);
    const metadata = {
      network: network.id,
      seed: String(seed),
      steps: String(run?.step ?? 0),
      data: `${name}, SHA-256 ${sha256}`,
      link,
    };
    return encodeOnnx(config, await parameters(), { fromBytes, metadata });
  };

export const encoders: Readonly<Record<ExportFormatId, Encoder>> = {
  safetensors: async ({ config, parameters }) => {
    const { encodeWeights } = await import('@/formats/checkpoint');
    return encodeWeights(config.network, await parameters());
  },
  pth: async ({ config, parameters }) => {
    const { encodeTorch } = await import('@/formats/torch/encode');
    return encodeTorch(config.network, await parameters());
  },
  huggingface: async (source) => {
    const { encodeHubFolder } = await import('@/formats/pytorch/hubFolder');
    return encodeHubFolder(source);
  },
  train_py: async ({ config, link }) => {
    const { trainingSource } = await import('@/formats/pytorch/trainingSource');
    return new TextEncoder().encode(trainingSource(config, link));
  },
  onnx: onnx(false),
  onnx_images: onnx(true),
  tensorboard: async ({ config, link, run, parameters, batchGradients, testPredictions, kept }) => {
    const { encodeEvents } = await import('@/formats/tensorboard/encodeEvents');
    return encodeEvents({
      config,
      link,
      run: stepped(run),
      parameters: await parameters(),
      gradients: await batchGradients(),
      predictions: await testPredictions(),
      kept,
    });
  },
  metrics_csv: async ({ run }) => {
    const { encodeMetricsCsv } = await import('@/formats/metrics/encodeMetrics');
    return encodeMetricsCsv(stepped(run));
  },
  metrics_json: async ({ config, link, run }) => {
    const { encodeMetricsJson } = await import('@/formats/metrics/encodeMetrics');
    return encodeMetricsJson(config, link, stepped(run));
  },
};

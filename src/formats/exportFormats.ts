/**
 * What can be saved as a file: one entry a format, of which the page's menu, the worker and the tests read. A new format is an entry
 * here, its writer in encoders.ts and its two texts in the locales (`weights`, `formats`).
 */
import type { NetworkSpec } from '@/model/layers';

/** `config`: always there; `weights`: a network that is ready; `run`: one with steps behind it, ready or not. */
export type ExportNeed = 'config' | 'weights' | 'run';

export interface ExportFormat {
  readonly needs: ExportNeed;
  /** It holds all weights, in a form that loads here again: whoever has the file loses nothing. */
  readonly keepsWeights: boolean;
  readonly mime: string;
  readonly fileName: (network: NetworkSpec, step: number) => string;
}

/** `lenet-step-100.EXTENSION` */
const afterSteps =
  (extension: string): ExportFormat['fileName'] =>
  ({ id }, step) =>
    `${id}-step-${step}.${extension}`;

/** In the order of the menu. */
const exportFormats = {
  safetensors: {
    needs: 'weights',
    keepsWeights: true,
    mime: 'application/octet-stream',
    fileName: afterSteps('safetensors'),
  },
  pth: {
    needs: 'weights',
    keepsWeights: true,
    mime: 'application/octet-stream',
    fileName: afterSteps('pth'),
  },
  huggingface: {
    needs: 'weights',
    keepsWeights: true,
    mime: 'application/zip',
    fileName: ({ id }, step) => `${id}-step-${step}-huggingface.zip`,
  },
  train_py: {
    needs: 'config',
    keepsWeights: false,
    mime: 'text/x-python',
    fileName: () => 'train.py',
  },
  onnx: {
    needs: 'weights',
    keepsWeights: false,
    mime: 'application/octet-stream',
    fileName: afterSteps('onnx'),
  },
  onnx_images: {
    needs: 'weights',
    keepsWeights: false,
    mime: 'application/octet-stream',
    fileName: afterSteps('images.onnx'),
  },
  tensorboard: {
    needs: 'weights',
    keepsWeights: false,
    mime: 'application/octet-stream',
    // TensorBoard reads files with `tfevents` in their names.
    fileName: ({ id }, step) => `events.out.tfevents.${id}-step-${step}`,
  },
  metrics_csv: {
    needs: 'run',
    keepsWeights: false,
    mime: 'text/csv',
    fileName: afterSteps('metrics.csv'),
  },
  metrics_json: {
    needs: 'run',
    keepsWeights: false,
    mime: 'application/json',
    fileName: afterSteps('metrics.json'),
  },
} as const satisfies Readonly<Record<string, ExportFormat>>;

export type ExportFormatId = keyof typeof exportFormats;

/** The formats that are read, too: weightFile.ts has a reader of each. */
export type WeightFormatId = {
  [Id in ExportFormatId]: (typeof exportFormats)[Id]['keepsWeights'] extends true ? Id : never;
}[ExportFormatId];

/** What such files are called. */
const weightExtensions: Readonly<Record<WeightFormatId, readonly string[]>> = {
  safetensors: ['.safetensors'],
  pth: ['.pth', '.pt'],
  huggingface: ['.zip'],
};

/** Of all files of weights that are read. */
export const readExtensions: readonly string[] = Object.values(weightExtensions).flat();

export const exportFormatIds = Object.keys(exportFormats) as readonly ExportFormatId[];

export function exportFormat(id: ExportFormatId): ExportFormat {
  return exportFormats[id];
}

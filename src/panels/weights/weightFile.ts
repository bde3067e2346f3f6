/** Weights as files: loading and saving them, and the Python that goes with them. */
import { exportFormat, type ExportFormatId } from '@/formats/exportFormats';
import type { FormatDetails, ForeignFormat, LoadReport } from '@/model/weightFiles';
import { download } from '@/ui/export/download';
import { asWorkerError, type RequestError } from '@/session/pendingRequests';
import { session } from '@/session/session';

type WholeModuleDetails = Extract<FormatDetails, { readonly kind: 'whole_module' }>;

export type WeightLoad =
  | { readonly kind: 'loaded'; readonly report: LoadReport }
  /** The person would rather keep the current weights. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: RequestError['asData'] };

/** Never throws: whatever a file holds, the answer is one of WeightLoad. */
export async function loadWeightFile(file: File): Promise<WeightLoad> {
  try {
    const report = await session.actions.importWeights(file);
    return report === null ? { kind: 'cancelled' } : { kind: 'loaded', report };
  } catch (error) {
    return { kind: 'failed', error: asWorkerError(error) };
  }
}

export interface SavedFile {
  readonly fileName: string;
  readonly bytes: number;
}

/** Downloads the network or the run as it stands now. @throws RequestError */
export async function saveFile(
  format: ExportFormatId,
  onProgress?: (done: number) => void,
): Promise<SavedFile> {
  const { fileName, file } = await session.actions.exportFile(format, onProgress);
  download(fileName, file, exportFormat(format).mime);
  return { fileName, bytes: file.byteLength };
}

/** Python that opens a saved file and writes one that loads here. */
export function pytorchSnippet(stem: string): string {
  return `import torch

model.load_state_dict(torch.load(${JSON.stringify(`${stem}.pth`)}))  # strict: every key fits
model.eval()
torch.save(model.state_dict(), "weights.pth")  # loads here

# the same with safetensors:
from safetensors.torch import load_file, save_file

model.load_state_dict(load_file(${JSON.stringify(`${stem}.safetensors`)}))
save_file(model.state_dict(), "weights.safetensors")`;
}

/** The two lines that make a state_dict of a whole module; they run where its class can be imported. */
export function stateDictSnippet({ key, isScript }: WholeModuleDetails, fileName: string): string {
  const name = JSON.stringify(fileName);
  const loaded = isScript
    ? `torch.jit.load(${name}, map_location="cpu")`
    : `torch.load(${name}, map_location="cpu", weights_only=False)`;
  return `model = ${loaded}${key === null ? '' : `[${JSON.stringify(key)}]`}
torch.save(model.state_dict(), "weights.pth")`;
}

/** Python that makes a file that loads here of one of another kind, where that takes a few lines. */
export function conversionSnippet(format: ForeignFormat, fileName: string): string | null {
  const name = JSON.stringify(fileName);
  switch (format) {
    case 'npz':
      return `import numpy as np
from safetensors.numpy import save_file

save_file(dict(np.load(${name})), "weights.safetensors")`;
    case 'empty':
    case 'pickle':
    case 'numpy':
    case 'keras':
    case 'hdf5':
    case 'onnx':
    case 'tflite':
    case 'gguf':
    case 'zip':
    case 'archive':
    case 'html':
    case 'lfs_pointer':
    case 'safetensors_index':
    case 'json':
    case 'image':
    case 'pdf':
    case 'text':
      return null;
    default:
      return format satisfies never;
  }
}

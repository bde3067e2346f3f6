/** Loads a weights file into the network that stands there, and says precisely why one does not fit. */
import { checkStateDict, type StateDictMismatch } from '@/formats/checkpoint';
import { decodeSafetensors } from '@/formats/safetensors';
import type { NetworkSpec } from '@/model/layers';
import { session } from '@/store/session';
import { RequestError } from '@/store/pendingRequests';

export type WeightLoad =
  | { readonly kind: 'loaded'; readonly tensors: number }
  | { readonly kind: 'mismatch'; readonly mismatch: StateDictMismatch }
  | { readonly kind: 'not_ready' }
  /** The machine's own message. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** Never throws: whatever a file holds, the answer is one of WeightLoad. */
export async function loadWeightFile(network: NetworkSpec, file: File): Promise<WeightLoad> {
  try {
    const { keys } = await session.actions.importWeights(await file.arrayBuffer());
    return { kind: 'loaded', tensors: keys };
  } catch (error) {
    if (!(error instanceof RequestError)) return { kind: 'unreadable', message: String(error) };
    if (error.code === 'not_ready') return { kind: 'not_ready' };
    if (error.code !== 'state') return { kind: 'unreadable', message: error.message };
    // The bytes went to the worker; its refusal is in words, the page wants lists.
    const { tensors } = decodeSafetensors(new Uint8Array(await file.arrayBuffer()));
    return { kind: 'mismatch', mismatch: checkStateDict(network, tensors) };
  }
}

export interface SavedWeights {
  readonly fileName: string;
  readonly bytes: number;
}

/** Downloads the weights as they stand now. @throws RequestError */
export async function saveWeightFile(): Promise<SavedWeights> {
  const { fileName, file } = await session.actions.exportWeights();
  const url = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has taken the blob over once the click's task is done.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return { fileName, bytes: file.byteLength };
}

/** Python that opens a saved file and writes one that loads here. */
export function pytorchSnippet(fileName: string): string {
  return `from safetensors.torch import load_file, save_file

model.load_state_dict(load_file("${fileName}"))  # strict: every key fits
model.eval()

# and back:
save_file(model.state_dict(), "weights.safetensors")`;
}

/** What there is to say of a weight file, as data: it travels from the worker, which reads files, to the page, which words it. */
import type { FormDifference, NamedForm } from '@/model/stateDictDifference';

/** What reading needs of the browser's Blob, which the core does not know. */
export interface ReadableFile {
  /** Bytes. */
  readonly size: number;
  slice(begin: number, end: number): ReadableFile;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What a file is that is no weight file of a kind that is read here. */
export type ForeignFormat =
  | 'empty'
  | 'pickle'
  | 'numpy'
  | 'npz'
  | 'keras'
  | 'hdf5'
  | 'onnx'
  | 'tflite'
  | 'gguf'
  | 'zip'
  /** gzip, xz, bzip2, zstd, 7z, rar, tar. */
  | 'archive'
  | 'html'
  | 'lfs_pointer'
  /** model.safetensors.index.json: where the parts of a model in several files are. */
  | 'safetensors_index'
  | 'json'
  | 'image'
  | 'pdf'
  | 'text';

/** A list that may be long: how many there are, and the first of them, with names cut short. */
export interface Listed<T> {
  readonly count: number;
  readonly first: readonly T[];
}

export interface MissingForm extends NamedForm {
  /** The name in the file that it was probably meant by; null for none. */
  readonly nearest: string | null;
}

/** Good file, but not of this network. */
export interface StateDictMismatch {
  readonly kind: 'mismatch';
  readonly missing: Listed<MissingForm>;
  readonly unexpected: Listed<NamedForm>;
  readonly differing: Listed<FormDifference>;
  /** What was taken off every name before it was compared, such as `module.`; empty for nothing. */
  readonly prefix: string;
  /** Name of the network here that the file does fit, if any. */
  readonly fits: string | null;
}

/** Why a file was not taken. */
export type FormatDetails =
  /** The file ends early, or its lengths do not add up. */
  | { readonly kind: 'truncated' }
  /** The header is not what the format asks for. */
  | { readonly kind: 'header' }
  /** Tensors overlap, leave holes, or their bytes do not match their shape. */
  | { readonly kind: 'layout' }
  /** A number type that PyTorch does not copy into a network either. */
  | { readonly kind: 'dtype'; readonly key: string; readonly dtype: string }
  /** A PyTorch or zip file that ends early, or whose parts do not add up. */
  | { readonly kind: 'damaged' }
  /** More than a network that a browser trains could need. */
  | { readonly kind: 'too_large' }
  /** A pickle with an instruction that no file of weights needs: it was not run. */
  | { readonly kind: 'opcode'; readonly opcode: string }
  /** torch.save of a module itself, or TorchScript; `key`: the entry of the checkpoint that it is. */
  | {
      readonly kind: 'whole_module';
      readonly className: string;
      readonly key: string | null;
      readonly isScript: boolean;
    }
  /** A PyTorch file without a state_dict; `keys`: what it has instead. */
  | { readonly kind: 'no_state_dict'; readonly keys: Listed<string> }
  /** A file of another kind; `excerpt` is the beginning of one that holds text. */
  | { readonly kind: 'foreign'; readonly format: ForeignFormat; readonly excerpt: string }
  /** The browser cannot read it: moved, changed since it was chosen, or a folder. */
  | { readonly kind: 'unreadable' }
  | StateDictMismatch;

/** Numbers of one tensor that are none; such a network gives no answers, but PyTorch loads it as well. */
export interface NonFinite {
  readonly key: string;
  readonly nan: number;
  readonly infinite: number;
  /** Values of the tensor in all. */
  readonly size: number;
}

/** What was done to a file's weights beyond copying them. */
export interface LoadReport {
  /** Tensors of the network. */
  readonly tensors: number;
  /** Taken off every name, such as `module.`; empty for nothing. */
  readonly prefix: string;
  /** Counters (num_batches_tracked) that the file lacks: they are 0. */
  readonly absentCounters: number;
  /** Keys that are passed over. */
  readonly ignored: Listed<string>;
  /** Scalars for which the file has several values: the first is taken. */
  readonly firstOfSeveral: Listed<string>;
  readonly nonFinite: readonly NonFinite[];
}

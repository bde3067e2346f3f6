/** What there is to say of files that are to become a data set, as data: it travels from the worker, which reads them, to the page. */
import type { ReadableFile } from '@/model/weightFiles';
import type { DataSpec } from '@/model/dataSet';

/** One of the files that a person chose. */
export interface GivenFile {
  /** With folders, as in webkitRelativePath. */
  readonly path: string;
  readonly file: ReadableFile;
}

/** Images of 28 x 28 bytes, white on black, one after the other, and a label for each. */
export interface LabelledImages {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** Why files make no data set. `file`: its path among those that were given. */
export type DataProblem =
  /** Neither IDX files nor images. */
  | { readonly kind: 'nothing' }
  /** The browser cannot read it, or the archive is damaged. */
  | { readonly kind: 'unreadable'; readonly file: string }
  | { readonly kind: 'too_large'; readonly file: string }
  /** `start`: the first four bytes, in hexadecimal. */
  | { readonly kind: 'not_idx'; readonly file: string; readonly start: string }
  /** Of other numbers than unsigned bytes; `type`: the third byte. */
  | { readonly kind: 'not_bytes'; readonly file: string; readonly type: string }
  /** The header promises another number of values than follow. */
  | { readonly kind: 'length'; readonly file: string; readonly expected: number; readonly found: number }
  /** Neither a list of labels nor a stack of images. */
  | { readonly kind: 'rank'; readonly file: string; readonly rank: number }
  /** Images without labels, or labels without images; `wanted`: what is missing. */
  | { readonly kind: 'unpaired'; readonly file: string; readonly wanted: 'images' | 'labels' }
  | {
      readonly kind: 'counts';
      readonly file: string;
      readonly images: number;
      readonly other: string;
      readonly labels: number;
    }
  /** Above 9: the networks have ten outputs. */
  | { readonly kind: 'label'; readonly file: string; readonly index: number; readonly label: number }
  | { readonly kind: 'classes'; readonly count: number }
  /** A class without a training image; `name`: its label or its folder. */
  | { readonly kind: 'empty_class'; readonly name: string }
  | { readonly kind: 'not_image'; readonly file: string }
  /** All pixels are the same. */
  | { readonly kind: 'blank'; readonly file: string }
  | { readonly kind: 'no_test' }
  /** The browser has no room left. */
  | { readonly kind: 'full' };

/** How files are read. */
export interface DataReading {
  /** `auto`: as the borders of the images say. */
  readonly ink: 'auto' | 'white_on_black' | 'black_on_white';
  /**
   * Of images that are not 28 x 28: `ink` puts what is on them where MNIST has it, its longer side 20 pixels and its centre of mass in the
   * middle; `whole` fits the whole picture in.
   */
  readonly fit: 'ink' | 'whole';
  /** Rows for columns, as EMNIST stores its images. */
  readonly isTransposed: boolean;
  /** Of the images that become test images, where no files are for tests. */
  readonly testShare: number;
}

export const usualReading: DataReading = {
  ink: 'auto',
  fit: 'ink',
  isTransposed: false,
  testShare: 1 / 6,
};

/** What was read, before it is taken. */
export interface DataPreview {
  readonly form: 'idx' | 'images';
  readonly spec: DataSpec;
  /** Dark on light was found, or told, and turned round. */
  readonly isInverted: boolean;
  /** Images had another size than 28 x 28. */
  readonly isResized: boolean;
  /** The test images are a share of the others: no files were for tests. */
  readonly isSplit: boolean;
  /** Files that are no images and were passed over: how many, and the first of them. */
  readonly ignored: { readonly count: number; readonly first: readonly string[] };
  /** Training images that were left out, beyond the most that fit. */
  readonly leftOut: number;
  /** Training and test images of each class. */
  readonly counts: readonly { readonly training: number; readonly test: number }[];
  /** The first training images of each class, `samplesOfClass` at most. */
  readonly samples: readonly Uint8Array<ArrayBuffer>[];
}

/** In a preview. */
export const samplesOfClass = 8;

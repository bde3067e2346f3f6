/** A unit of the network that the conv lab is to open at, handed over from another page. */

/** Where the lab has the units of a layer. */
export interface LabPlace {
  /** The convolution. */
  readonly layer: string;
  /** Of the lab: the convolution's output, its ReLU, or a max pool of that. */
  readonly stage: 'conv' | 'relu' | 'pool';
  /** Null but for that last stage. */
  readonly pool: { readonly kernelSize: number; readonly stride: number; readonly padding: number } | null;
}

export interface LabRequest extends LabPlace {
  readonly filter: number;
  /** Of the stage's output. */
  readonly row: number;
  readonly column: number;
  /** 28 x 28 bytes; null: the drawing, which the lab then follows. */
  readonly image: Uint8Array<ArrayBuffer> | null;
}

let waiting: LabRequest | null = null;

/** For the conv lab, when it opens next. */
export function requestLab(request: LabRequest): void {
  waiting = request;
}

/** Once; null where nobody sent one. */
export function takeLabRequest(): LabRequest | null {
  const request = waiting;
  waiting = null;
  return request;
}

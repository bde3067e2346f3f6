/** A unit of a convolution that the conv lab is to open at, handed over from another page. */

export interface LabRequest {
  readonly layer: string;
  readonly filter: number;
  /** Of the convolution's output. */
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

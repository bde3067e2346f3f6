/** The shape of one image on its way through a network, and what is said where it does not fit. */

/** Shape of one image without the batch: [C, H, W], or [features] after Flatten. */
export type Shape = readonly number[];

/** `16x5x5 = 400`, or `320`. */
export function formatShape(shape: Shape): string {
  const product = shape.reduce((a, b) => a * b, 1);
  return shape.length === 1 ? String(product) : `${shape.join('x')} = ${product}`;
}

export type ShapeProblemCode =
  | 'channels'
  | 'features'
  | 'needs_image'
  | 'needs_vector'
  | 'kernel_too_large'
  | 'groups'
  | 'same_stride'
  | 'residual_mismatch'
  | 'output_classes'
  | 'invalid_parameter'
  | 'not_a_divisor';

/** A layer that does not fit, with the numbers that a message needs; the page words it in the user's language. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly code: ShapeProblemCode;
  readonly layer: string;
  readonly details: Readonly<Record<string, string | number>>;
  constructor(
    code: ShapeProblemCode,
    layer: string,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.code = code;
    this.layer = layer;
    this.details = details;
  }
}

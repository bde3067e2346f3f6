/** A picture of one's own as MNIST has them: 28 x 28, grey, white on black. */

const side = 28;
/** Rec. 601, as Pillow's convert('L'). */
const luma = [0.299, 0.587, 0.114] as const;

/** Dark ink on bright paper is turned around: the edge tells which of the two is the ground. */
function whiteOnBlack(grey: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let edge = 0;
  let count = 0;
  for (let i = 0; i < side * side; i += 1) {
    const [row, column] = [Math.floor(i / side), i % side];
    if (row > 0 && row < side - 1 && column > 0 && column < side - 1) continue;
    edge += grey[i] ?? 0;
    count += 1;
  }
  return edge / count > 127 ? grey.map((value) => 255 - value) : grey;
}

/** @param pixels RGBA, opaque */
export function mnistFormOf(pixels: Uint8ClampedArray): Uint8Array<ArrayBuffer> {
  const grey = Uint8Array.from({ length: side * side }, (_, i) =>
    Math.round(luma.reduce((sum, weight, channel) => sum + weight * (pixels[i * 4 + channel] ?? 0), 0)),
  );
  return whiteOnBlack(grey);
}

/** Fitted into the square as a whole, smoothed. @throws DOMException where the browser cannot read it as a picture */
export async function readImageFile(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const image = await createImageBitmap(file);
  try {
    const canvas = document.createElement('canvas');
    canvas.width = side;
    canvas.height = side;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This browser gives no 2D canvas.');
    const scale = side / Math.max(image.width, image.height);
    const [width, height] = [image.width * scale, image.height * scale];
    context.imageSmoothingQuality = 'high';
    // What is transparent, or beside a picture that is not square, gets the colour of its corner.
    context.fillStyle = cornerColour(image);
    context.fillRect(0, 0, side, side);
    context.drawImage(image, (side - width) / 2, (side - height) / 2, width, height);
    return mnistFormOf(context.getImageData(0, 0, side, side).data);
  } finally {
    image.close();
  }
}

function cornerColour(image: ImageBitmap): string {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return 'white';
  context.fillStyle = 'white';
  context.fillRect(0, 0, 1, 1);
  context.drawImage(image, 0, 0);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red} ${green} ${blue})`;
}

/** SVG source to PNG and to an animated GIF, in the page. */
import { applyPalette, GIFEncoder, quantize } from 'gifenc';

/** Largest side of a bitmap, in px. */
const largestSide = 1200;

interface Frame {
  readonly pixels: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

async function drawSvg(source: string, scale: number | null): Promise<HTMLCanvasElement> {
  const url = URL.createObjectURL(new Blob([source], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const factor = scale ?? Math.min(2, largestSide / Math.max(image.width, image.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.width * factor);
    canvas.height = Math.round(image.height * factor);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This browser gives no 2D canvas.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    URL.revokeObjectURL(url);
  }
}

export async function pngOf(source: string): Promise<Blob> {
  const canvas = await drawSvg(source, null);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The browser could not write the picture.'));
      else resolve(blob);
    }, 'image/png');
  });
}

export function svgOf(source: string): Blob {
  return new Blob([source], { type: 'image/svg+xml' });
}

async function frameOf(source: string, scale: number): Promise<Frame> {
  const canvas = await drawSvg(source, scale);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser gives no 2D canvas.');
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { pixels: data, width: canvas.width, height: canvas.height };
}

/** At most this many pictures, so that a long convolution still makes a file one can send. */
export const mostFrames = 160;

/**
 * Which steps become pictures: all of them, or of a long stage one each so many, the beginning and the end always.
 * @param total operations of the stage
 */
export function frameSteps(total: number): number[] {
  const every = Math.max(1, Math.ceil(total / (mostFrames - 1)));
  const steps: number[] = [];
  for (let step = 0; step < total; step += every) steps.push(step);
  return [...steps, total];
}

/**
 * @param frame SVG source of the n-th picture
 * @param delay of each picture, ms; the last stays longer
 */
export async function gifOf(
  count: number,
  frame: (index: number) => string,
  delay: number,
  onProgress: (share: number) => void,
): Promise<Blob> {
  const gif = GIFEncoder();
  const first = /width="([\d.]+)" height="([\d.]+)"/.exec(frame(0));
  const side = Math.max(Number(first?.[1] ?? largestSide), Number(first?.[2] ?? largestSide));
  const scale = Math.min(1, 900 / side);
  for (let index = 0; index < count; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one picture in memory at a time, and the page stays alive
    const { pixels, width, height } = await frameOf(frame(index), scale);
    const palette = quantize(pixels, 128);
    const isLast = index === count - 1;
    gif.writeFrame(applyPalette(pixels, palette), width, height, {
      palette,
      delay: isLast ? Math.max(1500, delay) : delay,
      repeat: 0,
    });
    onProgress((index + 1) / count);
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: 'image/gif' });
}

export function download(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // Freed later: Safari reads the URL after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

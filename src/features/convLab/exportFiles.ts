/** SVG source to an animated GIF, in the page. */
import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import { drawSvg, largestSide } from '@/ui/export/pictureFiles';

interface Frame {
  readonly pixels: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
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

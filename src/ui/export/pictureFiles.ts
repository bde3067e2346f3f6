/** Pictures as SVG source, and as PNG. */
import type { ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';

/** Largest side of a bitmap, in px. */
export const largestSide = 1200;

/** The source of an <svg> element with `xmlns`, `width` and `height`, whose colours are plain values: files have no CSS of the page. */
export function svgSource(picture: ReactElement): string {
  const host = document.createElement('div');
  const root = createRoot(host);
  flushSync(() => root.render(picture));
  const source = host.innerHTML;
  root.unmount();
  return source;
}

/** @param scale null: twice the size, within `largestSide` */
export async function drawSvg(source: string, scale: number | null): Promise<HTMLCanvasElement> {
  const url = URL.createObjectURL(new Blob([source], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const factor = scale ?? Math.max(1, Math.min(2, largestSide / Math.max(image.width, image.height)));
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

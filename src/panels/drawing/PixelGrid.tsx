/** A small grey image, enlarged without blur. Ink follows the colour scheme, or is MNIST's own white on black. */
import { useEffect, useRef } from 'react';
import classes from '@/panels/drawing/PixelGrid.module.css';

export interface PixelGridProps {
  /** Row-major, width * height, 0 (paper) to 255 (ink). */
  readonly pixels: ArrayLike<number>;
  readonly width?: number;
  readonly height?: number;
  /** What a screen reader says; an empty text hides the image from it, for images that their neighbour describes. */
  readonly label: string;
  readonly ink?: 'scheme' | 'white_on_black';
  readonly className?: string | undefined;
}

export function PixelGrid({
  pixels,
  width = 28,
  height = 28,
  label,
  ink = 'scheme',
  className,
}: PixelGridProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    const image = context.createImageData(width, height);
    const onBlack = ink === 'white_on_black';
    for (let i = 0; i < width * height; i += 1) {
      const value = pixels[i] ?? 0;
      image.data.fill(onBlack ? value : 0, i * 4, i * 4 + 3);
      image.data[i * 4 + 3] = onBlack ? 255 : value;
    }
    context.putImageData(image, 0, 0);
  }, [pixels, width, height, ink]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className={`${classes['grid']} ${ink === 'scheme' ? classes['scheme'] : ''} ${className ?? ''}`}
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}

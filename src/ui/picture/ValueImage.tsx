/** A plane of values as an image on the diverging scale, enlarged without blur; and the same inside of a picture to save. */
import { useEffect, useRef } from 'react';
import type { Palette } from '@/ui/theme/palette';
import { usePalette } from '@/ui/theme/usePalette';
import { valueScale } from '@/ui/picture/valueScale';
import classes from '@/ui/picture/ValueImage.module.css';

export interface ValuePlane {
  /** Row-major, width * height. */
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** The value with the strongest colour. */
  readonly extent: number;
}

function paint(canvas: HTMLCanvasElement, plane: ValuePlane, palette: Palette): void {
  const { values, width, height, extent } = plane;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(width, height);
  valueScale(palette, extent).paint(values, image.data);
  context.putImageData(image, 0, 0);
}

export interface ValueImageProps {
  readonly plane: ValuePlane;
  /** What a screen reader says; an empty text hides it from it, for images that their neighbour describes. */
  readonly label: string;
  readonly className?: string | undefined;
}

export function ValueImage({ plane, label, className }: ValueImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, plane, palette);
  }, [plane, palette]);
  return (
    <canvas
      ref={canvas}
      className={`${classes['image']} ${className ?? ''}`}
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}

export interface PlanePictureProps {
  readonly plane: ValuePlane;
  readonly palette: Palette;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** As an element of an SVG file. */
export function PlanePicture({ plane, palette, ...place }: PlanePictureProps) {
  const canvas = document.createElement('canvas');
  paint(canvas, plane, palette);
  return (
    <image
      {...place}
      href={canvas.toDataURL()}
      preserveAspectRatio="none"
      style={{ imageRendering: 'pixelated' }}
    />
  );
}

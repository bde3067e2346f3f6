/** An image as MNIST has it, white on black, with what the network reads in it. */
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import classes from '@/features/inspect/why/why.module.css';

export interface PlainFigureProps {
  readonly pixels: Uint8Array;
  readonly title: string;
  readonly text: string;
  readonly label: string;
}

export function PlainFigure({ pixels, title, text, label }: PlainFigureProps) {
  return (
    <figure className={classes['figure']}>
      <PixelGrid pixels={pixels} label={label} ink="white_on_black" className={classes['picture']} />
      <figcaption className={classes['caption']}>
        <span className={classes['name']}>{title}</span>
        <span>{text}</span>
      </figcaption>
    </figure>
  );
}

/** A layer's output as a solid: width and height of the image, depth for the channels; a row of values as a bar. Sizes are logarithmic. */
import type { Shape } from '@/model/shape';
import classes from '@/panels/network/diagram/diagram.module.css';

const size = 40;
const largestSide = 64;
const mostChannels = 512;
const mostFeatures = 25_088;

const scaled = (value: number, most: number, low: number, high: number): number =>
  low + ((high - low) * Math.log2(Math.max(1, value))) / Math.log2(most);

function Solid({ channels, height, width }: Record<'channels' | 'height' | 'width', number>) {
  const w = scaled(width, largestSide, 5, 24);
  const h = scaled(height, largestSide, 5, 24);
  const depth = scaled(channels, mostChannels, 1.5, 13);
  const left = (size - w - depth) / 2;
  const bottom = (size + h + depth) / 2;
  const top = bottom - h;
  return (
    <>
      <path
        className={classes['glyphTop']}
        d={`M${left} ${top}l${depth} ${-depth}h${w}l${-depth} ${depth}Z`}
      />
      <path
        className={classes['glyphSide']}
        d={`M${left + w} ${top}l${depth} ${-depth}v${h}l${-depth} ${depth}Z`}
      />
      <path className={classes['glyphFront']} d={`M${left} ${top}h${w}v${h}h${-w}Z`} />
    </>
  );
}

export function VolumeGlyph({ shape }: { readonly shape: Shape }) {
  const [first = 1, height, width] = shape;
  const bar = scaled(first, mostFeatures, 8, 34);
  return (
    <svg className={classes['glyph']} viewBox={`0 0 ${size} ${size}`} aria-hidden="true" focusable="false">
      {height === undefined || width === undefined ? (
        <rect className={classes['glyphFront']} x={17} y={(size - bar) / 2} width={6} height={bar} rx={1} />
      ) : (
        <Solid channels={first} height={height} width={width} />
      )}
    </svg>
  );
}

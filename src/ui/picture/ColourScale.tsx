/** The legend of a diverging scale: what the strongest colours mean; zero in the middle is neutral. */
import { type Palette, scaleGradient } from '@/ui/theme/palette';
import { cellValue } from '@/ui/text/valueFormat';
import classes from '@/ui/picture/ColourScale.module.css';

export interface ColourScaleProps {
  readonly palette: Palette;
  readonly extent: number;
  /** What is coloured; none: in one line, beside what it belongs to. */
  readonly label?: string;
}

export function ColourScale({ palette, label, extent }: ColourScaleProps) {
  const bar = <div className={classes['scaleBar']} style={{ background: scaleGradient(palette) }} />;
  if (label === undefined) {
    return (
      <div className={classes['inline']}>
        <span>{cellValue(-extent)}</span>
        {bar}
        <span>{cellValue(extent)}</span>
      </div>
    );
  }
  return (
    <div className={classes['scale']}>
      <span>{label}</span>
      {bar}
      <div className={classes['scaleTicks']}>
        <span>{cellValue(-extent)}</span>
        <span>0</span>
        <span>{cellValue(extent)}</span>
      </div>
    </div>
  );
}

/** The legend of a diverging scale: what the strongest colours mean; zero in the middle is neutral. */
import { type Palette, scaleGradient } from '@/ui/theme/palette';
import { cellValue } from '@/ui/text/valueFormat';
import classes from '@/ui/picture/ColourScale.module.css';

export interface ColourScaleProps {
  readonly palette: Palette;
  readonly label: string;
  readonly extent: number;
}

export function ColourScale({ palette, label, extent }: ColourScaleProps) {
  return (
    <div className={classes['scale']}>
      <span>{label}</span>
      <div className={classes['scaleBar']} style={{ background: scaleGradient(palette) }} />
      <div className={classes['scaleTicks']}>
        <span>{cellValue(-extent)}</span>
        <span>0</span>
        <span>{cellValue(extent)}</span>
      </div>
    </div>
  );
}

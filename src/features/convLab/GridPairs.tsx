/** What a stage reads and what it makes of it, channel by channel, side by side. */
import { Grid } from '@/features/convLab/Grid';
import type { GridModel } from '@/features/convLab/gridModel';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/convLab/convLab.module.css';

export interface GridPairsProps {
  readonly inputs: readonly GridModel[];
  /** As many as inputs. */
  readonly outputs: readonly GridModel[];
  /** Titles of channel `filter`, from 0. */
  readonly inputTitle: (filter: number) => string;
  readonly outputTitle: (filter: number) => string;
  /** CSS pixels. */
  readonly outputWidth: number;
  readonly onActivate: (filter: number, row: number, column: number) => void;
}

export function GridPairs({
  inputs,
  outputs,
  inputTitle,
  outputTitle,
  outputWidth,
  onActivate,
}: GridPairsProps) {
  const palette = usePalette();
  return (
    <div className={classes['pairs']}>
      {inputs.map((input, filter) => {
        const output = outputs[filter];
        return (
          output !== undefined && (
            <div key={input.id} className={classes['pair']}>
              <Grid model={input} palette={palette} title={inputTitle(filter)} maxWidth={300} />
              <span className={classes['arrow']} aria-hidden="true">
                →
              </span>
              <Grid
                model={output}
                palette={palette}
                title={outputTitle(filter)}
                maxWidth={outputWidth}
                onActivate={(row, column) => onActivate(filter, row, column)}
              />
            </div>
          )
        );
      })}
    </div>
  );
}

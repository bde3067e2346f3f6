/** ReLU, value by value: what is negative becomes 0. */
import { useTranslation } from 'react-i18next';
import type { Convolved } from '@/store/convLabDerived';
import { lab, useLab } from '@/store/convLabStore';
import { ColourScale } from '@/views/convLab/ColourScale';
import { Grid } from '@/views/convLab/Grid';
import { reluStageModel } from '@/views/convLab/followingStages';
import { extentFor } from '@/views/convLab/gridModel';
import { usePalette } from '@/views/convLab/usePalette';
import { termValue } from '@/views/convLab/valueFormat';
import classes from '@/views/convLab/convLab.module.css';

export function ReluStage({ conv }: { readonly conv: Convolved }) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const document = useLab((state) => state.document);
  const { inputs, outputs, current } = reluStageModel(document, conv);
  const cells = conv.trace.geometry.rows.output * conv.trace.geometry.columns.output;
  const columns = conv.trace.geometry.columns.output;
  return (
    <div className={classes['stage']}>
      <div className={classes['pairs']}>
        {inputs.map((input, filter) => {
          const output = outputs[filter];
          return (
            output !== undefined && (
              <div key={input.id} className={classes['pair']}>
                <Grid
                  model={input}
                  palette={palette}
                  title={t('grids.outputFilter', { filter: filter + 1 })}
                  maxWidth={300}
                />
                <span className={classes['arrow']} aria-hidden="true">
                  →
                </span>
                <Grid
                  model={output}
                  palette={palette}
                  title={t('grids.relu', { filter: filter + 1 })}
                  maxWidth={300}
                  onActivate={(row, column) => lab.actions.seek(filter * cells + row * columns + column + 1)}
                />
              </div>
            )
          );
        })}
      </div>
      <p className={classes['equation']}>
        {current === null ? (
          t('relu.start')
        ) : (
          <>
            relu[{current.f}, {current.i}, {current.j}] = max(0, {termValue(current.before)}) ={' '}
            <strong data-sum>{termValue(current.after)}</strong>
          </>
        )}
      </p>
      <div className={classes['scales']}>
        <ColourScale palette={palette} label={t('scale.output')} extent={extentFor(conv.output.data)} />
      </div>
    </div>
  );
}

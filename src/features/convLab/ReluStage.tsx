/** ReLU, value by value: what is negative becomes 0. */
import { useTranslation } from 'react-i18next';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ColourScale } from '@/ui/picture/ColourScale';
import { GridPairs } from '@/features/convLab/GridPairs';
import { reluStageModel } from '@/features/convLab/followingStages';
import { extentFor } from '@/features/convLab/gridModel';
import { usePalette } from '@/ui/theme/usePalette';
import { termValue } from '@/ui/text/valueFormat';
import classes from '@/features/convLab/convLab.module.css';

export function ReluStage({ conv }: { readonly conv: Convolved }) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const document = useLab((state) => state.document);
  const { inputs, outputs, current } = reluStageModel(document, conv);
  const cells = conv.trace.geometry.rows.output * conv.trace.geometry.columns.output;
  const columns = conv.trace.geometry.columns.output;
  return (
    <div className={classes['stage']}>
      <GridPairs
        inputs={inputs}
        outputs={outputs}
        inputTitle={(filter) => t('grids.outputFilter', { filter: filter + 1 })}
        outputTitle={(filter) => t('grids.relu', { filter: filter + 1 })}
        outputWidth={300}
        onActivate={(filter, row, column) => lab.actions.seek(filter * cells + row * columns + column + 1)}
      />
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

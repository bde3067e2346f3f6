/** Max pooling, comparison by comparison; of equal values the first is kept, as PyTorch does. */
import { useTranslation } from 'react-i18next';
import type { PoolTrace } from '@/conv/stages';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ColourScale } from '@/features/convLab/ColourScale';
import { GridPairs } from '@/features/convLab/GridPairs';
import { poolStageModel } from '@/features/convLab/followingStages';
import { extentFor } from '@/features/convLab/gridModel';
import { UnreadNote } from '@/features/convLab/UnreadNote';
import { usePalette } from '@/features/convLab/usePalette';
import { termValue } from '@/features/convLab/valueFormat';
import classes from '@/features/convLab/convLab.module.css';

export function PoolStage({ conv, pool }: { readonly conv: Convolved; readonly pool: PoolTrace }) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const document = useLab((state) => state.document);
  const { inputs, outputs, window, done, current } = poolStageModel(document, conv, pool);
  const [, , rows, columns] = pool.output.shape;
  return (
    <div className={classes['stage']}>
      <GridPairs
        inputs={inputs}
        outputs={outputs}
        inputTitle={(filter) => t('grids.relu', { filter: filter + 1 })}
        outputTitle={(filter) => t('grids.pool', { filter: filter + 1 })}
        outputWidth={200}
        onActivate={(filter, row, column) =>
          lab.actions.seek(((filter * rows + row) * columns + column + 1) * pool.windowLength)
        }
      />
      <UnreadNote {...pool} />
      <p className={classes['equation']}>
        {current === null ? (
          t('pool.start')
        ) : (
          <>
            pool[{current.c}, {current.i}, {current.j}] = max(
            {window
              .slice(0, done)
              .map((comparison) => termValue(comparison.value))
              .join(', ')}
            ) = <strong data-sum>{termValue(current.largest)}</strong>
          </>
        )}
      </p>
      {current !== null && (
        <p className={classes['sumNote']}>
          {current.taken
            ? t('pool.taken', { value: termValue(current.value) })
            : t('pool.kept', { value: termValue(current.value), largest: termValue(current.largest) })}
        </p>
      )}
      <div className={classes['scales']}>
        <ColourScale palette={palette} label={t('scale.output')} extent={extentFor(conv.output.data)} />
      </div>
    </div>
  );
}

/** Pooling, cell by cell: a maximum, of equal values the first as PyTorch keeps it, or a mean. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Addition, MaxPoolTrace, PoolStep, PoolTrace } from '@/conv/stages';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ColourScale } from '@/ui/picture/ColourScale';
import { GridPairs } from '@/features/convLab/GridPairs';
import { avgPoolModel, maxPoolModel, type PoolStageModel } from '@/features/convLab/followingStages';
import { extentFor } from '@/features/convLab/gridModel';
import { UnreadNote } from '@/features/convLab/UnreadNote';
import { usePalette } from '@/ui/theme/usePalette';
import { factor, termValue } from '@/ui/text/valueFormat';
import classes from '@/features/convLab/convLab.module.css';

interface PoolGridsProps<Step extends PoolStep> {
  readonly conv: Convolved;
  readonly pool: PoolTrace<Step>;
  readonly model: PoolStageModel<Step>;
  readonly outputTitle: (filter: number) => string;
  /** What the step does, in figures and words. */
  readonly children: ReactNode;
}

function PoolGrids<Step extends PoolStep>(props: PoolGridsProps<Step>) {
  const { conv, pool, model, outputTitle, children } = props;
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const [, , rows, columns] = pool.output.shape;
  return (
    <div className={classes['stage']}>
      <GridPairs
        inputs={model.inputs}
        outputs={model.outputs}
        inputTitle={(filter) => t('grids.relu', { filter: filter + 1 })}
        outputTitle={outputTitle}
        outputWidth={200}
        onActivate={(filter, row, column) =>
          lab.actions.seek(((filter * rows + row) * columns + column + 1) * pool.windowLength)
        }
      />
      <UnreadNote {...pool} />
      {children}
      <div className={classes['scales']}>
        <ColourScale palette={palette} label={t('scale.output')} extent={extentFor(conv.output.data)} />
      </div>
    </div>
  );
}

export function MaxPoolStage({ conv, pool }: { readonly conv: Convolved; readonly pool: MaxPoolTrace }) {
  const { t } = useTranslation('convLab');
  const model = maxPoolModel(
    useLab((state) => state.document),
    conv,
    pool,
  );
  const { window, done, current } = model;
  const values = { value: termValue(current?.value ?? 0), largest: termValue(current?.largest ?? 0) };
  return (
    <PoolGrids
      conv={conv}
      pool={pool}
      model={model}
      outputTitle={(filter) => t('grids.pool', { filter: filter + 1 })}
    >
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
            ) = <strong data-sum>{values.largest}</strong>
          </>
        )}
      </p>
      {current !== null && (
        <p className={classes['sumNote']}>
          {current.cell === 'padding'
            ? t('pool.padding')
            : current.taken
              ? t('pool.taken', values)
              : t('pool.kept', values)}
        </p>
      )}
    </PoolGrids>
  );
}

export function AvgPoolStage({
  conv,
  pool,
}: {
  readonly conv: Convolved;
  readonly pool: PoolTrace<Addition>;
}) {
  const { t } = useTranslation('convLab');
  const document = useLab((state) => state.document);
  const model = avgPoolModel(document, conv, pool);
  const { window, done, current } = model;
  const cells = pool.windowLength;
  return (
    <PoolGrids
      conv={conv}
      pool={pool}
      model={model}
      outputTitle={(filter) => t('grids.avgPool', { filter: filter + 1 })}
    >
      <p className={classes['equation']}>
        {current === null ? (
          t('avgPool.start')
        ) : (
          <>
            avg[{current.c}, {current.i}, {current.j}] = (
            {window
              .slice(0, done)
              .map(({ value }, k) => (k === 0 ? termValue(value) : factor(value)))
              .join(' + ')}
            {done < cells ? ' + …' : ''}) / {current.divisor}
            {done === cells && (
              <>
                {' '}
                = {termValue(current.sum)} / {current.divisor} ={' '}
                <strong data-sum>{termValue(current.mean)}</strong>
              </>
            )}
          </>
        )}
      </p>
      {document.pool.padding > 0 && (
        <p className={classes['sumNote']}>
          {document.pool.countIncludePad
            ? t('avgPool.counted', { cells })
            : t('avgPool.uncounted', { cells: current?.divisor ?? window[0]?.divisor ?? cells, of: cells })}
        </p>
      )}
    </PoolGrids>
  );
}

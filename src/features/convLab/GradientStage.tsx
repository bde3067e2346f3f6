/** dL/dw of one weight: each window gives the input cell that the weight met, times dL/dy of that window's output. */
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { outputGradients } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ColourScale } from '@/ui/picture/ColourScale';
import { Grid } from '@/features/convLab/Grid';
import { gradientStageModel, kernelGrid } from '@/features/convLab/stageModels';
import { extentFor } from '@/features/convLab/gridModel';
import { UnreadNote } from '@/features/convLab/UnreadNote';
import { usePalette } from '@/ui/theme/usePalette';
import { WeightPicker } from '@/features/convLab/WeightPicker';
import { factor, termValue } from '@/ui/text/valueFormat';
import classes from '@/features/convLab/convLab.module.css';

export function GradientStage({ conv }: { readonly conv: Convolved }) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const document = useLab((state) => state.document);
  const model = gradientStageModel(document, conv);
  const { weight } = document;
  const { current } = model;
  const kernel = kernelGrid(document.kernel, weight.f, weight.c, null);
  const pick = (row: number, column: number): void => lab.actions.setWeight({ ...weight, i: row, j: column });
  return (
    <div className={classes['stage']}>
      <p className={classes['explain']}>{t('gradient.explain')}</p>
      <div className={classes['gradientControls']}>
        <WeightPicker />
        <SegmentedControl
          size="xs"
          aria-label={t('gradient.loss')}
          value={document.outputGradient}
          onChange={lab.actions.setOutputGradient}
          data={outputGradients.map((kind) => ({ value: kind, label: t(`gradient.losses.${kind}`) }))}
        />
      </div>
      <div className={classes['gradientGrids']}>
        <Grid
          model={model.plane}
          palette={palette}
          title={t('grids.met', { channel: model.channel + 1 })}
          maxWidth={360}
        />
        <span className={classes['arrow']} aria-hidden="true">
          ×
        </span>
        <Grid model={model.outputGradient} palette={palette} title="dL/dy" maxWidth={300} />
        <span className={classes['arrow']} aria-hidden="true">
          =
        </span>
        <div className={classes['kernelColumn']}>
          <Grid
            model={{
              ...kernel,
              id: 'gradient-w',
              marks: [{ row: weight.i, column: weight.j, kind: 'current' }],
            }}
            palette={palette}
            title={t('gradient.weights')}
            maxWidth={180}
            onSelect={pick}
          />
          <Grid model={model.weights} palette={palette} title="dL/dw" maxWidth={180} onSelect={pick} />
        </div>
      </div>
      <UnreadNote {...conv.trace.geometry} />
      <p className={classes['equation']}>
        dL/dw[{weight.f}, {weight.c}, {weight.i}, {weight.j}] ={' '}
        {current === null ? (
          <strong data-sum>0</strong>
        ) : (
          <>
            … + {factor(current.input)} × {factor(current.outputGradient)} ={' '}
            <strong data-sum>{termValue(current.sum)}</strong>
          </>
        )}
      </p>
      <p className={classes['sumNote']}>
        {t('gradient.progress', { done: model.done, of: model.stage.terms.length })}
      </p>
      <div className={classes['scales']}>
        <ColourScale palette={palette} label={t('scale.input')} extent={extentFor(document.input.data)} />
        <ColourScale palette={palette} label="dL/dy" extent={extentFor(model.stage.outputGradient)} />
        <ColourScale palette={palette} label="dL/dw" extent={extentFor(model.stage.weights)} />
      </div>
    </div>
  );
}

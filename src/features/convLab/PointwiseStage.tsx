/** The 1 x 1 convolution of the convolution's outputs, which mixes its filters: behind a depthwise one it makes it separable. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { withPointwiseValue } from '@/features/convLab/convLabEdits';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ChannelPager } from '@/features/convLab/ChannelPager';
import { ChannelRow } from '@/features/convLab/ChannelRow';
import { ColourScale } from '@/ui/picture/ColourScale';
import { ConvOutputs } from '@/features/convLab/ConvOutputs';
import { Grid } from '@/features/convLab/Grid';
import { extentFor, noMarks, plainGrid } from '@/features/convLab/gridModel';
import { ValueField } from '@/features/convLab/LabNumberField';
import { valueAt } from '@/features/convLab/labTensor';
import { SumLine } from '@/features/convLab/SumLine';
import { convStageModel, pointwiseView, type ConvStageModel } from '@/features/convLab/stageModels';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/convLab/convLab.module.css';

/** All weights as the matrix that they are: a row a filter, a column a channel. */
function Weights({ current }: Pick<ConvStageModel, 'current'>) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const weights = useLab((state) => state.document.pointwise);
  const [filters, channels] = weights.shape;
  const [chosen, setChosen] = useState({ row: 0, column: 0 });
  const row = Math.min(chosen.row, filters - 1);
  const column = Math.min(chosen.column, channels - 1);
  const put = (filter: number, channel: number, value: number): void =>
    lab.actions.edit((document) => withPointwiseValue(document, filter, channel, value));
  return (
    <div className={classes['kernelColumn']}>
      <Grid
        model={{
          ...plainGrid('pointwise-w', [filters, channels], weights.data, 0, extentFor(weights.data)),
          marks: current === null ? noMarks : [{ row: current.f, column: current.c, kind: 'current' }],
        }}
        palette={palette}
        title={t('pointwise.weights')}
        onValue={put}
        onSelect={(to, of) => setChosen({ row: to, column: of })}
      />
      <ValueField
        className={classes['cellField']}
        label={t('pointwise.weight', { filter: row + 1, channel: column + 1 })}
        of={`pointwise ${row} ${column}`}
        value={valueAt(weights, row, column, 0, 0)}
        onChange={(value) => put(row, column, value)}
      />
    </div>
  );
}

export function PointwiseStage({ conv }: { readonly conv: Convolved }) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const document = useLab((state) => state.document);
  const linked = useLab((state) => state.linked);
  const view = pointwiseView(document, conv);
  const model = convStageModel(view, null, linked);
  return (
    <div className={classes['stage']}>
      <p className={classes['explain']}>{t('pointwise.explain')}</p>
      <div className={classes['channels']}>
        <ChannelPager conv={view.conv} model={model} />
        {model.channels.map((channel, position) => (
          <ChannelRow
            key={channel}
            view={view}
            model={model}
            position={position}
            inputTitle={t('grids.outputFilter', { filter: channel + 1 })}
            kernelTitle={t('grids.weight', { channel: channel + 1 })}
            isEditable={false}
          />
        ))}
      </div>
      <div className={classes['outputColumn']}>
        <ConvOutputs
          view={view}
          model={model}
          title={(filter) => t('grids.pointwise', { filter: filter + 1 })}
        />
        <SumLine view={view} model={model} />
        <Weights current={model.current} />
      </div>
      <div className={classes['scales']}>
        <ColourScale palette={palette} label={t('scale.input')} extent={view.inputExtent} />
        <ColourScale
          palette={palette}
          label={t('scale.kernel')}
          extent={extentFor(document.pointwise.data)}
        />
        <ColourScale palette={palette} label={t('scale.output')} extent={extentFor(view.conv.output.data)} />
      </div>
    </div>
  );
}

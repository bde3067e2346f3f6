/** The convolution at a step: padded input, kernel, products and channel sums on the left, the outputs on the right. */
import { useTranslation } from 'react-i18next';
import { inputCoordinate } from '@/conv/geometry';
import { landingOrder } from '@/conv/trace';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { withInputValue, withKernelValue } from '@/features/convLab/convLabEdits';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ChannelPager } from '@/features/convLab/ChannelPager';
import { ColourScale } from '@/features/convLab/ColourScale';
import { Grid } from '@/features/convLab/Grid';
import { KernelCellEditor } from '@/features/convLab/KernelCellEditor';
import { Products } from '@/features/convLab/Products';
import { SumLine } from '@/features/convLab/SumLine';
import { type ConvStageModel, convStageModel } from '@/features/convLab/stageModels';
import { extentFor } from '@/features/convLab/gridModel';
import { UnreadNote } from '@/features/convLab/UnreadNote';
import { usePalette } from '@/features/convLab/usePalette';
import classes from '@/features/convLab/convLab.module.css';

function paintPlane(conv: Convolved, channel: number, row: number, column: number, value: number): void {
  const { geometry } = conv.trace;
  const y = inputCoordinate(geometry.rows, row);
  const x = inputCoordinate(geometry.columns, column);
  if (y === null || x === null) return;
  lab.actions.edit((document) => withInputValue(document, channel, y, x, value));
}

function ChannelRow({
  conv,
  model,
  position,
}: {
  readonly conv: Convolved;
  readonly model: ConvStageModel;
  readonly position: number;
}) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const brush = useLab((state) => state.brush);
  const channel = model.channels[position] ?? 0;
  const plane = model.planes[position];
  const kernel = model.kernels[position];
  if (plane === undefined || kernel === undefined) return null;
  const isSingle = conv.trace.geometry.channels === 1;
  const number = { channel: channel + 1 };
  return (
    <div className={classes['channelRow']}>
      <Grid
        model={plane}
        palette={palette}
        title={isSingle ? t('grids.input') : t('grids.inputChannel', number)}
        maxWidth={isSingle ? 400 : 280}
        cellSize={isSingle ? 60 : 44}
        onPaint={(row, column) => paintPlane(conv, channel, row, column, brush)}
        onValue={(row, column, value) => paintPlane(conv, channel, row, column, value)}
        onPoint={(cell) => lab.actions.link(cell === null ? null : { kind: 'plane', ...cell })}
      />
      <div className={classes['kernelColumn']}>
        <Grid
          model={kernel}
          palette={palette}
          title={isSingle ? t('grids.kernel') : t('grids.kernelChannel', number)}
          maxWidth={isSingle ? 190 : 150}
          cellSize={isSingle ? 60 : 44}
          onValue={(row, column, value) =>
            lab.actions.edit((document) =>
              withKernelValue(document, model.filter, channel, row, column, value),
            )
          }
          onSelect={(row, column) =>
            lab.actions.setWeight({ f: model.filter, c: channel, i: row, j: column })
          }
        />
        <KernelCellEditor filter={model.filter} channel={channel} />
      </div>
      <Products model={model} channel={channel} />
    </div>
  );
}

function Outputs({ conv, model }: { readonly conv: Convolved; readonly model: ConvStageModel }) {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const { geometry } = conv.trace;
  const isSingle = model.outputs.length === 1;
  return (
    <div className={classes['outputs']} data-count={Math.min(2, model.outputs.length)}>
      {model.outputs.map((output, filter) => (
        <Grid
          key={output.id}
          model={output}
          palette={palette}
          title={isSingle ? t('grids.output') : t('grids.outputFilter', { filter: filter + 1 })}
          maxWidth={isSingle ? 300 : 200}
          cellSize={isSingle ? 60 : 44}
          onPoint={(cell) => lab.actions.link(cell === null ? null : { kind: 'output', filter, ...cell })}
          onActivate={(row, column) =>
            lab.actions.seek((landingOrder(geometry, 0, filter, row, column) + 1) * geometry.windowLength)
          }
        />
      ))}
    </div>
  );
}

export function ConvStage({ conv }: { readonly conv: Convolved }) {
  const document = useLab((state) => state.document);
  const filter = useLab((state) => state.filter);
  const linked = useLab((state) => state.linked);
  const palette = usePalette();
  const { t } = useTranslation('convLab');
  const model = convStageModel(document, conv, filter, linked);
  return (
    <div className={classes['stage']}>
      <div className={classes['channels']}>
        <ChannelPager conv={conv} model={model} />
        {model.channels.map((channel, position) => (
          <ChannelRow
            key={model.channels.length === 1 ? 'only' : channel}
            conv={conv}
            model={model}
            position={position}
          />
        ))}
        <UnreadNote {...conv.trace.geometry} />
      </div>
      <div className={classes['outputColumn']}>
        <Outputs conv={conv} model={model} />
        <SumLine conv={conv} model={model} bias={document.bias[model.window[0]?.f ?? 0] ?? 0} />
      </div>
      <div className={classes['scales']}>
        <ColourScale palette={palette} label={t('scale.input')} extent={extentFor(document.input.data)} />
        <ColourScale palette={palette} label={t('scale.kernel')} extent={extentFor(document.kernel.data)} />
        <ColourScale palette={palette} label={t('scale.output')} extent={extentFor(conv.output.data)} />
      </div>
    </div>
  );
}

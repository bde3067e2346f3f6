/** One channel of a convolution at a step: what is read, under which weights, and the products of both. */
import { useTranslation } from 'react-i18next';
import { firstChannel } from '@/conv/geometry';
import { inputCoordinate } from '@/conv/plane';
import { withInputValue, withKernelValue } from '@/features/convLab/convLabEdits';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { Grid } from '@/features/convLab/Grid';
import { KernelCellEditor } from '@/features/convLab/KernelCellEditor';
import { Products } from '@/features/convLab/Products';
import type { ConvStageModel, ConvView } from '@/features/convLab/stageModels';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/convLab/convLab.module.css';

export interface ChannelRowProps {
  readonly view: ConvView;
  readonly model: ConvStageModel;
  /** In `model.channels`. */
  readonly position: number;
  readonly inputTitle: string;
  readonly kernelTitle: string;
  /** Input and kernel are the document's own, and can be changed here. */
  readonly isEditable: boolean;
}

function paint({ conv }: ConvView, channel: number, row: number, column: number, value: number): void {
  const { geometry } = conv.trace;
  const y = inputCoordinate(geometry.rows, row);
  const x = inputCoordinate(geometry.columns, column);
  if (y === null || x === null) return;
  lab.actions.edit((document) => withInputValue(document, channel, y, x, value));
}

function EditableKernel({ view, model, position, kernelTitle }: ChannelRowProps) {
  const palette = usePalette();
  const { geometry } = view.conv.trace;
  const kernel = model.kernels[position];
  const { filter } = model;
  const channel = (model.channels[position] ?? 0) - firstChannel(geometry, filter);
  if (kernel === undefined || kernel === null) return null;
  return (
    <div className={classes['kernelColumn']}>
      <Grid
        model={kernel}
        palette={palette}
        title={kernelTitle}
        maxWidth={geometry.channels === 1 ? 190 : 150}
        cellSize={geometry.channels === 1 ? 60 : 44}
        onValue={(row, column, value) =>
          lab.actions.edit((document) => withKernelValue(document, filter, channel, row, column, value))
        }
        onSelect={(row, column) => lab.actions.setWeight({ f: filter, c: channel, i: row, j: column })}
      />
      <KernelCellEditor filter={filter} channel={channel} />
    </div>
  );
}

function FixedKernel({ model, position, kernelTitle }: ChannelRowProps) {
  const palette = usePalette();
  const kernel = model.kernels[position];
  if (kernel === undefined || kernel === null) return null;
  return (
    <div className={classes['kernelColumn']}>
      <Grid model={kernel} palette={palette} title={kernelTitle} cellSize={60} />
    </div>
  );
}

export function ChannelRow(props: ChannelRowProps) {
  const { view, model, position, inputTitle, isEditable } = props;
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const brush = useLab((state) => state.brush);
  const channel = model.channels[position] ?? 0;
  const plane = model.planes[position];
  if (plane === undefined) return null;
  const isSingle = view.conv.trace.geometry.channels === 1;
  const edits = {
    onPaint: (row: number, column: number) => paint(view, channel, row, column, brush),
    onValue: (row: number, column: number, value: number) => paint(view, channel, row, column, value),
  };
  return (
    <div className={classes['channelRow']}>
      <Grid
        model={plane}
        palette={palette}
        title={inputTitle}
        maxWidth={isSingle ? 400 : 280}
        cellSize={isSingle ? 60 : 44}
        {...(isEditable ? edits : {})}
        onPoint={(cell) => lab.actions.link(cell === null ? null : { kind: 'plane', channel, ...cell })}
      />
      {isEditable ? <EditableKernel {...props} /> : <FixedKernel {...props} />}
      {model.kernels[position] === null ? (
        <p className={classes['sumNote']}>
          {t('channels.unread', { filter: model.filter + 1, channel: channel + 1 })}
        </p>
      ) : (
        <Products model={model} channel={channel} />
      )}
    </div>
  );
}

/** What a convolution has made at a step, filter by filter. */
import { landingOrder } from '@/conv/trace';
import { lab } from '@/features/convLab/convLabStore';
import { Grid } from '@/features/convLab/Grid';
import type { ConvStageModel, ConvView } from '@/features/convLab/stageModels';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/convLab/convLab.module.css';

export interface ConvOutputsProps {
  readonly view: ConvView;
  readonly model: ConvStageModel;
  /** Of an output, by its filter from 0. */
  readonly title: (filter: number) => string;
}

export function ConvOutputs({ view, model, title }: ConvOutputsProps) {
  const palette = usePalette();
  const { geometry } = view.conv.trace;
  const isSingle = model.outputs.length === 1;
  return (
    <div className={classes['outputs']} data-count={Math.min(2, model.outputs.length)}>
      {model.outputs.map((output, filter) => (
        <Grid
          key={output.id}
          model={output}
          palette={palette}
          title={title(filter)}
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

/** Input and kernel alone, where they do not fit together: they stay editable. */
import { useTranslation } from 'react-i18next';
import { withInputValue, withKernelValue } from '@/features/convLab/convLabEdits';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { Grid } from '@/features/convLab/Grid';
import { extentFor, plainGrid } from '@/features/convLab/gridModel';
import { kernelGrid, mostChannelsShown } from '@/features/convLab/stageModels';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/convLab/convLab.module.css';

export function InputEditor() {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const document = useLab((state) => state.document);
  const brush = useLab((state) => state.brush);
  const filter = useLab((state) => state.filter) ?? 0;
  const { input } = document;
  const [, channels, rows, columns] = input.shape;
  const put = (channel: number, row: number, column: number, value: number): void =>
    lab.actions.edit((before) => withInputValue(before, channel, row, column, value));
  return (
    <div className={classes['channels']}>
      {Array.from({ length: Math.min(channels, mostChannelsShown) }, (_value, channel) => (
        <div key={channel} className={classes['channelRow']}>
          <Grid
            model={plainGrid(
              `plane-${channel}`,
              [rows, columns],
              input.data,
              channel * rows * columns,
              extentFor(input.data),
            )}
            palette={palette}
            title={t('grids.inputChannel', { channel: channel + 1 })}
            maxWidth={280}
            onPaint={(row, column) => put(channel, row, column, brush)}
            onValue={(row, column, value) => put(channel, row, column, value)}
          />
          {channel < document.kernel.shape[1] && (
            <Grid
              model={kernelGrid(document.kernel, filter, channel, null)}
              palette={palette}
              title={t('grids.kernelChannel', { channel: channel + 1 })}
              maxWidth={240}
              onValue={(row, column, value) =>
                lab.actions.edit((before) => withKernelValue(before, filter, channel, row, column, value))
              }
            />
          )}
        </div>
      ))}
    </div>
  );
}

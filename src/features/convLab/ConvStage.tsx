/** The convolution at a step: padded input, kernel, products and channel sums on the left, the outputs on the right. */
import { useTranslation } from 'react-i18next';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { useLab } from '@/features/convLab/convLabStore';
import { ChannelPager } from '@/features/convLab/ChannelPager';
import { ChannelRow } from '@/features/convLab/ChannelRow';
import { ColourScale } from '@/ui/picture/ColourScale';
import { ConvOutputs } from '@/features/convLab/ConvOutputs';
import { SumLine } from '@/features/convLab/SumLine';
import { convStageModel, convView } from '@/features/convLab/stageModels';
import { extentFor } from '@/features/convLab/gridModel';
import { UnreadNote } from '@/features/convLab/UnreadNote';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/convLab/convLab.module.css';

export function ConvStage({ conv }: { readonly conv: Convolved }) {
  const document = useLab((state) => state.document);
  const filter = useLab((state) => state.filter);
  const linked = useLab((state) => state.linked);
  const palette = usePalette();
  const { t } = useTranslation('convLab');
  const view = convView(document, conv);
  const model = convStageModel(view, filter, linked);
  const isSingle = conv.trace.geometry.channels === 1;
  return (
    <div className={classes['stage']}>
      <div className={classes['channels']}>
        <ChannelPager conv={conv} model={model} />
        {model.channels.map((channel, position) => (
          <ChannelRow
            key={model.channels.length === 1 ? 'only' : channel}
            view={view}
            model={model}
            position={position}
            inputTitle={isSingle ? t('grids.input') : t('grids.inputChannel', { channel: channel + 1 })}
            kernelTitle={isSingle ? t('grids.kernel') : t('grids.kernelChannel', { channel: channel + 1 })}
            isEditable
          />
        ))}
        <UnreadNote {...conv.trace.geometry} />
      </div>
      <div className={classes['outputColumn']}>
        <ConvOutputs
          view={view}
          model={model}
          title={(index) =>
            model.outputs.length === 1 ? t('grids.output') : t('grids.outputFilter', { filter: index + 1 })
          }
        />
        <SumLine view={view} model={model} />
      </div>
      <div className={classes['scales']}>
        <ColourScale palette={palette} label={t('scale.input')} extent={view.inputExtent} />
        <ColourScale palette={palette} label={t('scale.kernel')} extent={extentFor(document.kernel.data)} />
        <ColourScale palette={palette} label={t('scale.output')} extent={extentFor(conv.output.data)} />
      </div>
    </div>
  );
}

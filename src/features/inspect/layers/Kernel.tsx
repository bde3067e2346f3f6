/** The kernel of a unit's filter, a picture a channel, and its bias. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { ColourScale } from '@/ui/picture/ColourScale';
import { ValueImage } from '@/ui/picture/ValueImage';
import { extentOf } from '@/ui/picture/valueScale';
import { exactValue } from '@/ui/text/valueFormat';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/inspect/layers/layers.module.css';

const mostChannels = 16;

export interface KernelProps {
  readonly layer: string;
  readonly filter: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export function Kernel({ layer, filter, pixels }: KernelProps) {
  const { t } = useTranslation('inspectLayers');
  const palette = usePalette();
  const params = useMemo(() => ({ image: pixels, layer, filter }), [pixels, layer, filter]);
  const { answer } = useNetworkAnswer('layerInput', params);
  if (answer === null || answer.params.layer !== layer || answer.params.filter !== filter) return null;
  const {
    kernel,
    kernelSize,
    bias,
    inputShape: [channels],
  } = answer.value;
  const size = kernelSize ** 2;
  const extent = extentOf(kernel);
  const shown = Math.min(channels, mostChannels);
  return (
    <div className={classes['kernel']} data-testid="kernel">
      <h3>{t('kernel', { filter: filter + 1, size: `${channels} × ${kernelSize} × ${kernelSize}` })}</h3>
      <div className={classes['kernels']}>
        {Array.from({ length: shown }, (_, channel) => (
          <ValueImage
            key={channel}
            plane={{
              values: kernel.subarray(channel * size, (channel + 1) * size),
              width: kernelSize,
              height: kernelSize,
              extent,
            }}
            label={t('kernelChannel', { channel: channel + 1 })}
          />
        ))}
      </div>
      <ColourScale palette={palette} extent={extent} />
      <p>
        {shown < channels && `${t('kernelFirst', { shown, count: channels })} `}
        {t('bias', { bias: exactValue(bias) })}
      </p>
    </div>
  );
}

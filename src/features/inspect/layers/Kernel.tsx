/** The kernel of a unit's filter, a picture a channel, and its bias. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { ColourScale } from '@/ui/picture/ColourScale';
import { ValueImage } from '@/ui/picture/ValueImage';
import { extentOf } from '@/ui/picture/valueScale';
import { exactValue } from '@/ui/text/valueFormat';
import { usePalette } from '@/ui/theme/usePalette';
import classes from '@/features/inspect/layers/layers.module.css';

const mostChannels = 16;

/** Every weight with its place, counted from 1 as on the page. */
function rowsOf(kernel: Float32Array, size: number): number[][] {
  return Array.from(kernel, (weight, i) => [
    Math.floor(i / size ** 2) + 1,
    (Math.floor(i / size) % size) + 1,
    (i % size) + 1,
    weight,
  ]);
}

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
  const heading = t('kernel', {
    filter: filter + 1,
    size: `${channels} × ${kernelSize} × ${kernelSize}`,
  });
  return (
    <ExportFrame
      className={classes['kernel']}
      testId="kernel"
      heading={<h3>{heading}</h3>}
      files={{
        label: t('saveKernel', { layer, filter: filter + 1 }),
        fileName: `${layer}-kernel-${filter + 1}`,
        picture: { heading: `${layer}, ${heading}` },
        table: () => ({ header: ['channel', 'row', 'column', 'weight'], rows: rowsOf(kernel, kernelSize) }),
      }}
    >
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
    </ExportFrame>
  );
}

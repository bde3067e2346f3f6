/** Every layer's feature maps for the image that is inspected. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { flattenLayers, type NetworkSpec } from '@/model/layers';
import { useSession } from '@/session/session';
import type { RequestValue } from '@/session/sessionState';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { ExportMenu } from '@/ui/export/ExportMenu';
import { Panel } from '@/ui/layout/Panel';
import { ColourScale } from '@/ui/picture/ColourScale';
import { PlanePicture, ValueImage, type ValuePlane } from '@/ui/picture/ValueImage';
import { extentOf } from '@/ui/picture/valueScale';
import { usePalette } from '@/ui/theme/usePalette';
import { useImage } from '@/features/inspect/image/useImage';
import classes from '@/features/inspect/layers/layers.module.css';

type Activation = RequestValue<'activations'>['activations'] extends ReadonlyMap<string, infer A> ? A : never;

const mostMaps = 64;

/** Its channels as planes; features in a row. */
function planesOf({ shape, data }: Activation): ValuePlane[] {
  const [, channels = 1, height = 1, width = channels] = shape;
  const extent = extentOf(data);
  if (shape.length === 2) return [{ values: data, width: channels, height: 1, extent }];
  const size = height * width;
  return Array.from({ length: Math.min(mostMaps, channels) }, (_, channel) => ({
    values: data.subarray(channel * size, (channel + 1) * size),
    width,
    height,
    extent,
  }));
}

const pictureSide = 96;

function Maps({ name, activation }: { readonly name: string; readonly activation: Activation }) {
  const { t } = useTranslation(['inspect', 'inspectLayers']);
  const palette = usePalette();
  const planes = useMemo(() => planesOf(activation), [activation]);
  return (
    <Panel
      title={name}
      actions={
        <ExportMenu
          label={t('inspectLayers:save', { layer: name })}
          fileName={`${name}-maps`}
          picture={
            <svg
              xmlns="http://www.w3.org/2000/svg"
              width={planes.length * (pictureSide + 8)}
              height={pictureSide}
            >
              {planes.map((plane, i) => (
                <PlanePicture
                  key={i}
                  plane={plane}
                  palette={palette}
                  x={i * (pictureSide + 8)}
                  y={0}
                  width={pictureSide}
                  height={pictureSide}
                />
              ))}
            </svg>
          }
          table={() => ({
            header: ['channel', 'row', 'column', 'value'],
            rows: planes.flatMap(({ values, width }, channel) =>
              Array.from(values, (value, i) => [channel, Math.floor(i / width), i % width, value]),
            ),
          })}
        />
      }
    >
      <div className={classes['maps']}>
        {planes.map((plane, i) => (
          <ValueImage key={i} plane={plane} label={t('inspectLayers:map', { layer: name, channel: i })} />
        ))}
      </div>
      <ColourScale palette={palette} label={t('inspectLayers:value')} extent={planes[0]?.extent ?? 0} />
    </Panel>
  );
}

const namesOf = (network: NetworkSpec | undefined): string[] =>
  network === undefined ? [] : flattenLayers(network.layers).map(({ name }) => name);

export function LayersTab() {
  const { t } = useTranslation(['inspect', 'inspectLayers']);
  const { pixels } = useImage();
  const network = useSession(({ run }) => run?.config.network);
  const layers = useMemo(() => namesOf(network), [network]);
  const params = useMemo(
    () => (pixels === null || layers.length === 0 ? null : { images: pixels, count: 1, layers }),
    [pixels, layers],
  );
  const { answer, error } = useNetworkAnswer('activations', params);
  if (answer === null) return <p>{error ?? t(pixels === null ? 'image.empty' : 'notReady')}</p>;
  return (
    <div className={classes['list']} data-testid="layers" data-current={answer.isCurrent}>
      {[...answer.value.activations].map(([name, activation]) => (
        <Maps key={name} name={name} activation={activation} />
      ))}
    </div>
  );
}

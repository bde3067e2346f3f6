/** What adds up to a unit of a Linear layer: weight times input, the largest first. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { ValueImage } from '@/ui/picture/ValueImage';
import { ColourScale } from '@/ui/picture/ColourScale';
import { extentOf } from '@/ui/picture/valueScale';
import { exactValue, termValue } from '@/ui/text/valueFormat';
import { usePalette } from '@/ui/theme/usePalette';
import type { Shape } from '@/model/shape';
import { type Contribution, contributionsOf } from '@/features/inspect/layers/contributionsOf';
import classes from '@/features/inspect/layers/layers.module.css';

const shownRows = 10;
const mostPlanes = 16;

export interface ContributionsProps {
  readonly layer: string;
  readonly unit: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Shape that was flattened for this layer, [C, H, W]; null: it reads a row of values. */
  readonly image: Shape | null;
}

function usePlaceText(image: Shape | null, source: string): (index: number) => string {
  const { t } = useTranslation('inspectLayers');
  return (index) => {
    if (image === null) return t('feature', { layer: source, index: index + 1 });
    const [, height = 1, width = 1] = image;
    return t('place', {
      map: Math.floor(index / (height * width)) + 1,
      row: (Math.floor(index / width) % height) + 1,
      column: (index % width) + 1,
    });
  };
}

function Rows({
  rows,
  textOf,
}: {
  readonly rows: readonly Contribution[];
  readonly textOf: (index: number) => string;
}) {
  const largest = Math.max(...rows.map(({ product }) => Math.abs(product)), 0);
  return (
    <ol className={classes['contributions']}>
      {rows.map(({ index, input, weight, product }) => (
        <li key={index} data-sign={product < 0 ? 'negative' : 'positive'}>
          <span className={classes['source']}>{textOf(index)}</span>
          <span className={classes['product']} title={`${exactValue(weight)} × ${exactValue(input)}`}>
            {termValue(product)}
          </span>
          <span className={classes['track']} aria-hidden="true">
            <span style={{ transform: `scaleX(${largest > 0 ? Math.abs(product) / largest : 0})` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Every product at its place in the image that was flattened. */
function Planes({ products, image }: { readonly products: Float32Array; readonly image: Shape }) {
  const { t } = useTranslation('inspectLayers');
  const palette = usePalette();
  const [channels = 1, height = 1, width = 1] = image;
  const extent = extentOf(products);
  if (height * width === 1) return null;
  const size = height * width;
  return (
    <>
      <div className={classes['kernels']}>
        {Array.from({ length: Math.min(channels, mostPlanes) }, (_, map) => (
          <ValueImage
            key={map}
            plane={{ values: products.subarray(map * size, (map + 1) * size), width, height, extent }}
            label={t('contributionsOfMap', { map: map + 1 })}
          />
        ))}
      </div>
      <ColourScale palette={palette} extent={extent} />
    </>
  );
}

export function Contributions({ layer, unit, pixels, image }: ContributionsProps) {
  const { t } = useTranslation('inspectLayers');
  const params = useMemo(() => ({ image: pixels, layer, unit }), [pixels, layer, unit]);
  const { answer } = useNetworkAnswer('linearUnit', params);
  const found =
    answer !== null && answer.params.layer === layer && answer.params.unit === unit ? answer.value : null;
  const all = useMemo(() => (found === null ? [] : contributionsOf(found)), [found]);
  const products = useMemo(
    () => found?.weight.map((weight, i) => weight * (found.input[i] ?? 0)) ?? new Float32Array(0),
    [found],
  );
  const textOf = usePlaceText(image, image === null ? (found?.source ?? '') : '');
  if (found === null) return null;
  const heading = t('contributions');
  const rest = all.slice(shownRows);
  const ofRest = rest.reduce((sum, { product }) => sum + product, 0);
  return (
    <ExportFrame
      className={classes['kernel']}
      testId="contributions"
      heading={<h3>{heading}</h3>}
      files={{
        label: t('saveContributions', { layer, unit: unit + 1 }),
        fileName: `${layer}-${unit + 1}-contributions`,
        picture: { heading: `${layer}, ${unit + 1}: ${heading}` },
        table: () => ({
          header: ['input', 'place', 'value', 'weight', 'product'],
          rows: all.map(({ index, input, weight, product }) => [
            index + 1,
            textOf(index),
            input,
            weight,
            product,
          ]),
        }),
      }}
    >
      <Rows rows={all.slice(0, shownRows)} textOf={textOf} />
      <p>
        {rest.length > 0 && `${t('rest', { count: rest.length, sum: termValue(ofRest) })} `}
        {t('bias', { bias: exactValue(found.bias) })}
      </p>
      {image !== null && <Planes products={products} image={image} />}
    </ExportFrame>
  );
}

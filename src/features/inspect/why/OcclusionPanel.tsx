/** What the class loses where a square of the image is covered. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { occlusionCount, type OcclusionOptions } from '@/model/explanations';
import type { NumberRange } from '@/model/numberRange';
import { useClassName } from '@/panels/data/useShownData';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { NumberField } from '@/ui/form/NumberField';
import { Panel } from '@/ui/layout/Panel';
import { extentOf } from '@/ui/picture/valueScale';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { OverlayFigure, OverlayPicture, overlayTable } from '@/features/inspect/why/OverlayFigure';
import { useWhyChoices, whyChoices } from '@/features/inspect/why/whyChoices';
import classes from '@/features/inspect/why/why.module.css';

type Square = Omit<OcclusionOptions, 'target'>;

const integer = (min: number, max: number, step = 1): NumberRange => ({
  kind: 'integer',
  min,
  max,
  step,
  scale: 'linear',
});
const ranges: { readonly [K in keyof Square]: NumberRange } = {
  size: integer(1, 28),
  stride: integer(1, 14),
  value: integer(0, 255, 16),
};
const fields = ['size', 'stride', 'value'] as const;

/** A look at each place costs a pass of its own, so it is taken less often than the others while it trains. */
const refreshMilliseconds = 1000;

export interface OcclusionPanelProps {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly target: number | null;
}

export function OcclusionPanel({ pixels, target }: OcclusionPanelProps) {
  const { t } = useTranslation('inspectWhy');
  const format = useNumberFormat();
  const square = useWhyChoices((choices) => choices.square);
  const params = useMemo(() => ({ image: pixels, target, ...square }), [pixels, target, square]);
  const { answer, error } = useNetworkAnswer('occlusion', params, refreshMilliseconds);
  const value = answer?.value ?? null;
  const nameOf = useClassName();
  const asked = value?.target ?? target;
  const names = { digit: asked === null ? '' : nameOf(asked) };
  const figures = useMemo(() => {
    if (answer === null) return [];
    const { overImage } = answer.value;
    return [
      {
        overlay: { pixels: answer.params.image, values: overImage, extent: extentOf(overImage) },
        isSigned: true,
        title: t('occlusion.name'),
        unit: t('occlusion.unit'),
      },
    ];
  }, [answer, t]);
  const largest = value?.probabilityDrops.reduce((most, drop) => Math.max(most, drop), 0) ?? 0;
  return (
    <Panel
      title={t('occlusion.title')}
      hint={t('occlusion.hint')}
      files={{
        label: t('occlusion.save'),
        fileName: `occlusion-${asked ?? ''}`,
        picture: <OverlayPicture figures={figures} />,
        table: () => overlayTable({ probabilityDrop: value?.overImage ?? [] }, pixels),
        isDisabled: value === null,
      }}
    >
      <div className={classes['figures']} data-testid="occlusion" data-current={answer?.isCurrent ?? false}>
        {figures.map((figure) => (
          <OverlayFigure key="occlusion" {...figure} label={t('occlusion.alt', names)} />
        ))}
      </div>
      <div className={classes['controls']}>
        {fields.map((field) => (
          <NumberField
            key={field}
            size="xs"
            label={t(`occlusion.${field}`)}
            range={ranges[field]}
            value={square[field]}
            onChange={(chosen) => whyChoices.setState({ square: { ...square, [field]: chosen } })}
            className={classes['third']}
            testId={`occlusion-${field}`}
          />
        ))}
      </div>
      <p className={classes['note']}>
        {error ??
          (value === null
            ? t('occlusion.waiting', { count: occlusionCount(square) ** 2 })
            : t(largest < 0.0005 ? 'occlusion.nothing' : 'occlusion.largest', {
                ...names,
                drop: format.percent(largest, 1),
              }))}
      </p>
    </Panel>
  );
}

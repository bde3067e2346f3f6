/** Before, change and after, side by side, with the size of the change and what the network reads. */
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageReading } from '@/model/explanations';
import { drawingActions } from '@/session/drawing';
import { inspectedImageActions } from '@/session/inspectedImage';
import type { PassAnswer } from '@/session/networkPass';
import { useClassName } from '@/panels/data/useShownData';
import type { ExportFiles } from '@/ui/export/exportFiles';
import { Icon } from '@/ui/icons/icons';
import { Stat, StatList } from '@/ui/layout/Stat';
import { nonFiniteText, useNumberFormat } from '@/ui/text/numberFormat';
import type { Overlay } from '@/features/inspect/why/overlay';
import { OverlayFigure, OverlayPicture, overlayTable } from '@/features/inspect/why/OverlayFigure';
import { PlainFigure } from '@/features/inspect/why/PlainFigure';
import classes from '@/features/inspect/why/why.module.css';

type Answer = PassAnswer<'adversarialExample'>;

const noPixels = new Uint8Array(784);

/** The change of each pixel in grey levels, on nothing but black. */
function changeOf({ value, params }: Answer): Overlay {
  const values = Float32Array.from(value.image, (grey, i) => grey - (params.image[i] ?? 0));
  return { pixels: noPixels, values, extent: value.epsilon };
}

const sizeOf = (values: ArrayLike<number>): { readonly largest: number; readonly mean: number } => {
  const sizes = Array.from(values, Math.abs);
  return { largest: Math.max(...sizes), mean: sizes.reduce((sum, size) => sum + size, 0) / sizes.length };
};

function useReadingText(): (reading: ImageReading) => string {
  const { t } = useTranslation('inspectWhy');
  const format = useNumberFormat();
  const nameOf = useClassName();
  return ({ prediction, probabilities }) => {
    const share = probabilities[prediction] ?? NaN;
    return t('attack.reads', {
      digit: nameOf(prediction),
      share: nonFiniteText(share) ?? format.percent(share, 1),
    });
  };
}

/** What failed, in words that lead on. */
function Failure({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation('inspectWhy');
  const format = useNumberFormat();
  const nameOf = useClassName();
  const { value, params } = answer;
  const { method, target, largestEpsilon } = params;
  const wanted = target ?? value.before.prediction;
  const share = value.after.probabilities[wanted] ?? NaN;
  const advice =
    method === 'fgsm' ? 'tryPgd' : largestEpsilon < 255 ? 'tryLarger' : target === null ? null : 'tryAny';
  return (
    <p className={classes['note']} aria-live="polite" data-testid="attack-failed">
      {t(target === null ? 'attack.failed' : 'attack.missed', {
        epsilon: largestEpsilon,
        digit: nameOf(wanted),
        share: nonFiniteText(share) ?? format.percent(share, 1),
      })}{' '}
      {advice !== null && t(`attack.${advice}`)}
    </p>
  );
}

export function AdversarialResult({
  answer,
  isOfImage,
}: {
  readonly answer: Answer;
  readonly isOfImage: boolean;
}) {
  const { t } = useTranslation('inspectWhy');
  const format = useNumberFormat();
  const textOf = useReadingText();
  const nameOf = useClassName();
  const change = useMemo(() => changeOf(answer), [answer]);
  const { value, params } = answer;
  const { largest, mean } = sizeOf(change.values);
  const take = (): void => {
    drawingActions.loadSample({ index: null, label: null, pixels: value.image });
    inspectedImageActions.showSource('drawing');
  };
  return (
    <div
      className={classes['result']}
      data-testid="attack-result"
      data-fooled={value.isFooled}
      data-before={value.before.prediction}
      data-after={value.after.prediction}
    >
      {!isOfImage && <p className={classes['note']}>{t('attack.other')}</p>}
      {value.isFooled ? (
        <p className={classes['verdict']} aria-live="polite">
          {t('attack.fooled', {
            before: nameOf(value.before.prediction),
            after: nameOf(value.after.prediction),
            epsilon: value.epsilon,
          })}
        </p>
      ) : (
        <Failure answer={answer} />
      )}
      <div className={classes['figures']}>
        <PlainFigure
          pixels={params.image}
          title={t('attack.before')}
          text={textOf(value.before)}
          label={t('attack.beforeAlt', { digit: nameOf(value.before.prediction) })}
        />
        <OverlayFigure
          overlay={change}
          isSigned
          title={t('attack.change')}
          label={t('attack.changeAlt')}
          unit={t('attack.unit')}
        />
        <PlainFigure
          pixels={value.image}
          title={t('attack.after')}
          text={textOf(value.after)}
          label={t('attack.afterAlt', { digit: nameOf(value.after.prediction) })}
        />
      </div>
      <StatList>
        <Stat
          label={t('attack.largest')}
          value={format.integer(largest)}
          suffix={t('attack.of255')}
          testId="attack-largest"
        />
        <Stat
          label={t('attack.mean')}
          value={format.loss(mean)}
          suffix={t('attack.of255')}
          testId="attack-mean"
        />
      </StatList>
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="pencil" size={14} />}
          onClick={take}
          data-testid="attack-draw"
        >
          {t('attack.draw')}
        </Button>
      </div>
    </div>
  );
}

/** What of the result can be saved; nothing without one. */
export function useAdversarialFiles(answer: Answer | null): ExportFiles | undefined {
  const { t } = useTranslation('inspectWhy');
  const textOf = useReadingText();
  if (answer === null) return undefined;
  const { value, params } = answer;
  const change = changeOf(answer);
  const plain = (pixels: Uint8Array, title: string, reading: ImageReading) => ({
    overlay: { pixels, values: noPixels, extent: 0, isBright: true },
    isSigned: false,
    title,
    unit: textOf(reading),
  });
  return {
    label: t('attack.save'),
    fileName: `adversarial-${value.before.prediction}-${value.after.prediction}`,
    picture: (
      <OverlayPicture
        figures={[
          plain(params.image, t('attack.before'), value.before),
          { overlay: change, isSigned: true, title: t('attack.change'), unit: t('attack.unit') },
          plain(value.image, t('attack.after'), value.after),
        ]}
      />
    ),
    table: () => overlayTable({ change: change.values, after: value.image }, params.image),
  };
}

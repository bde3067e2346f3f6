/** Test images as buttons with what was read in them; one that is clicked becomes the image that all tabs show. */
import { Button } from '@mantine/core';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inspectedImageActions, useInspectedImage } from '@/session/inspectedImage';
import { useClassName } from '@/panels/data/useShownData';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { nonFiniteText, useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/inspect/digits/digits.module.css';

export interface ListedDigit {
  /** Of the test set. */
  readonly index: number;
  readonly label: number;
  /** Null where nobody asked. */
  readonly prediction: number | null;
  /** Probability of the prediction. */
  readonly confidence: number | null;
}

interface TileProps {
  readonly digit: ListedDigit;
  readonly pixels: Uint8Array;
  readonly isShown: boolean;
}

const Tile = memo(function Tile({ digit, pixels, isShown }: TileProps) {
  const { t } = useTranslation('inspectDigits');
  const format = useNumberFormat();
  const { index, label, prediction, confidence } = digit;
  const share =
    confidence === null
      ? null
      : (nonFiniteText(confidence) ?? format.percent(confidence, confidence > 0.995 ? 1 : 0));
  const nameOf = useClassName();
  const names = { index: format.integer(index), label: nameOf(label) };
  const text =
    prediction === null
      ? t('one', names)
      : t(prediction === label ? 'right' : 'wrong', {
          ...names,
          prediction: nameOf(prediction),
          share: share ?? '',
        });
  return (
    <li>
      <button
        type="button"
        className={classes['tile']}
        data-wrong={prediction !== null && prediction !== label}
        aria-pressed={isShown}
        aria-label={text}
        title={text}
        // Where it is not there yet, it is asked for again when it comes.
        onClick={() => void inspectedImageActions.showTest(index).catch(() => undefined)}
      >
        <PixelGrid pixels={pixels} label="" />
        <span className={classes['reading']} aria-hidden="true">
          {prediction === null || prediction === label
            ? nameOf(label)
            : `${nameOf(label)} → ${nameOf(prediction)}`}
        </span>
        {share !== null && (
          <span className={classes['share']} aria-hidden="true">
            {share}
          </span>
        )}
      </button>
    </li>
  );
});

const pageSize = 24;

export interface DigitListProps {
  /** [n, 28, 28] of the test set from its first on. */
  readonly images: Uint8Array;
  readonly digits: readonly ListedDigit[];
  /** What the list is, for screen readers. */
  readonly label: string;
  /** Said in place of an empty list. */
  readonly empty: string;
  readonly testId?: string;
}

export function DigitList({ images, digits, label, empty, testId }: DigitListProps) {
  const { t } = useTranslation('inspectDigits');
  const format = useNumberFormat();
  const [most, setMost] = useState(pageSize);
  const shown = useInspectedImage(({ source, index }) => (source === 'test' ? index : null));
  if (digits.length === 0) return <p className={classes['note']}>{empty}</p>;
  return (
    <>
      <ul className={classes['list']} aria-label={label} data-testid={testId}>
        {digits.slice(0, most).map((digit) => (
          <Tile
            key={digit.index}
            digit={digit}
            pixels={images.subarray(digit.index * 784, (digit.index + 1) * 784)}
            isShown={digit.index === shown}
          />
        ))}
      </ul>
      {digits.length > most && (
        <Button size="xs" variant="default" mt="xs" onClick={() => setMost(most + 2 * pageSize)}>
          {t('more', { count: digits.length - most, left: format.integer(digits.length - most) })}
        </Button>
      )}
    </>
  );
}

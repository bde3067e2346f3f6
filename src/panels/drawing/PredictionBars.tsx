/** The probability of each class, the winner marked by weight, colour and position of the big digit above. */
import { VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { isMnist } from '@/model/dataSet';
import { useClassName, useShownData } from '@/panels/data/useShownData';
import { useNumberFormat } from '@/ui/text/numberFormat';
import type { PredictionAnswer } from '@/panels/drawing/usePrediction';
import classes from '@/panels/drawing/PredictionBars.module.css';

/** Names of more letters stand smaller. */
const longName = 3;

export interface PredictionBarsProps {
  readonly answer: PredictionAnswer | null;
  /** Shown in place of the winner while there is no answer. */
  readonly emptyText: string;
}

interface HeadProps {
  readonly winner: string | null;
  readonly confidence: number;
  readonly emptyText: string;
}

function Head({ winner, confidence, emptyText }: HeadProps) {
  const { t } = useTranslation('draw');
  const format = useNumberFormat();
  if (winner === null) return <p className={classes['empty']}>{emptyText}</p>;
  return (
    <>
      <span className={classes['answer']}>{t('prediction.answer')}</span>
      <span
        className={classes['digit']}
        data-long={winner.length > longName || undefined}
        data-testid="predicted-digit"
      >
        {winner}
      </span>
      <span className={classes['confidence']}>
        {t('prediction.confidence', { percent: format.percent(confidence, 1) })}
      </span>
    </>
  );
}

export function PredictionBars({ answer, emptyText }: PredictionBarsProps) {
  const { t } = useTranslation('draw');
  const format = useNumberFormat();
  const data = useShownData();
  const nameOf = useClassName();
  const reading = answer?.readings[0] ?? null;
  const isUnread = reading === 'not_numbers';
  const winner = isUnread ? null : reading;
  const confidence = winner === null ? 0 : (answer?.probabilities[winner] ?? 0);
  const unread = isUnread ? t('prediction.notNumbers') : '';
  const announcement =
    winner === null
      ? unread
      : t('prediction.announce', { digit: nameOf(winner), percent: format.percent(confidence, 0) });
  const classesOfData = data.classNames.map((_, label) => label);
  // An output that the data has no class for shows where it wins.
  const isOther = winner !== null && winner >= data.classNames.length;
  const outputs = isOther ? [...classesOfData, winner] : classesOfData;
  // A screen reader hears the answer once the drawing rests, not at every movement.
  const [settled] = useDebouncedValue(announcement, 1200);

  return (
    <div className={classes['root']}>
      <div className={classes['head']}>
        <Head
          winner={winner === null ? null : nameOf(winner)}
          confidence={confidence}
          emptyText={unread || emptyText}
        />
      </div>
      <ol
        className={classes['bars']}
        data-long={data.classNames.some(({ length }) => length > longName) || undefined}
        data-testid="prediction"
        aria-busy={answer !== null && !answer.isCurrent}
      >
        {outputs.map((digit) => {
          const probability = answer?.probabilities[digit] ?? 0;
          const percent = format.percent(probability, 1);
          return (
            <li key={digit} className={classes['row']} data-winner={digit === winner}>
              <VisuallyHidden>
                {isMnist(data)
                  ? t('prediction.bar', { digit: nameOf(digit), percent: answer === null ? '–' : percent })
                  : t('prediction.classBar', {
                      name: nameOf(digit),
                      percent: answer === null ? '–' : percent,
                    })}
              </VisuallyHidden>
              <span className={classes['name']} aria-hidden="true" title={nameOf(digit)}>
                {nameOf(digit)}
              </span>
              <span className={classes['track']} aria-hidden="true">
                <span
                  className={classes['fill']}
                  style={{ transform: `scaleX(${isUnread ? 0 : probability})` }}
                />
              </span>
              <span className={classes['percent']} aria-hidden="true">
                {answer === null ? '' : percent}
              </span>
            </li>
          );
        })}
      </ol>
      <VisuallyHidden aria-live="polite">{settled}</VisuallyHidden>
    </div>
  );
}

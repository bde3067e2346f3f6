/** The points that are selected, as digits; and the way to select without a lasso. */
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { classCount } from '@/model/classCounts';
import { useClassName } from '@/panels/data/useShownData';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { DigitList, type ListedDigit } from '@/features/inspect/digits/DigitList';
import { digitFiles } from '@/features/inspect/digits/digitFiles';
import type { Hidden } from '@/features/inspect/embedding/places';

const digits = Array.from({ length: classCount }, (_, digit) => digit);

/** How many of each, the most first. */
function countText(
  labels: Uint8Array,
  selected: ReadonlySet<number>,
  nameOf: (label: number) => string,
): string {
  const counts = digits.map((digit) => [...selected].filter((i) => labels[i] === digit).length);
  return digits
    .filter((digit) => (counts[digit] ?? 0) > 0)
    .toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0))
    .map((digit) => `${counts[digit]} × ${nameOf(digit)}`)
    .join(', ');
}

export function EmbeddingSelection({
  read: { labels, images },
  selected,
  visible,
  onSelect,
}: {
  readonly read: Hidden;
  readonly selected: ReadonlySet<number>;
  readonly visible: ReadonlySet<number>;
  readonly onSelect: (indices: readonly number[]) => void;
}) {
  const { t } = useTranslation('inspectEmbedding');
  const format = useNumberFormat();
  const nameOf = useClassName();
  const listed = useMemo(
    () =>
      [...selected]
        .toSorted((a, b) => a - b)
        .map((index): ListedDigit => ({
          index,
          label: labels[index] ?? 0,
          prediction: null,
          confidence: null,
        })),
    [selected, labels],
  );
  const shown = [...labels.keys()].filter((i) => visible.has(labels[i] ?? NaN));
  const heading =
    selected.size === 0
      ? t('selection.title')
      : t('selection.count', { count: selected.size, images: format.integer(selected.size) });
  return (
    <Panel
      title={heading}
      files={
        listed.length === 0
          ? undefined
          : digitFiles(listed, heading, { label: t('selection.save'), fileName: 'selected-digits' })
      }
      hint={selected.size === 0 ? t('selection.hint') : countText(labels, selected, nameOf)}
      actions={
        <>
          <Button size="xs" variant="default" disabled={shown.length === 0} onClick={() => onSelect(shown)}>
            {t('selection.all')}
          </Button>
          <Button size="xs" variant="default" disabled={selected.size === 0} onClick={() => onSelect([])}>
            {t('selection.clear')}
          </Button>
        </>
      }
    >
      {listed.length > 0 && (
        <DigitList
          key={listed.length}
          images={images}
          digits={listed}
          label={heading}
          empty=""
          testId="selected-digits"
        />
      )}
    </Panel>
  );
}

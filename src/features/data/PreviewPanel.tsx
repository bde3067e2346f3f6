/** What was read of files, as networks will see it, with what can be read otherwise; kept when a person says so. */
import { Button, Group, NumberInput, Select, Switch } from '@mantine/core';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DataPreview, DataReading } from '@/model/dataImport';
import { cleanNames, NameFields, type Names } from '@/features/data/NameFields';
import { likelyNames, usualNames } from '@/features/data/usualNames';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/data/data.module.css';

const side = 28;
const inks = ['auto', 'white_on_black', 'black_on_white'] as const;
const fits = ['ink', 'whole'] as const;

/** Images that lie one after the other, beside each other. */
function besideEachOther(images: Uint8Array): { readonly pixels: Uint8Array; readonly count: number } {
  const count = images.length / side ** 2;
  const pixels = new Uint8Array(images.length);
  for (let i = 0; i < count; i += 1)
    for (let y = 0; y < side; y += 1)
      pixels.set(images.subarray((i * side + y) * side, (i * side + y + 1) * side), (y * count + i) * side);
  return { pixels, count };
}

function Samples({ images, name }: { readonly images: Uint8Array; readonly name: string }) {
  const { t } = useTranslation('data');
  const { pixels, count } = besideEachOther(images);
  return (
    <PixelGrid
      pixels={pixels}
      width={side * count}
      height={side}
      ink="white_on_black"
      label={t('import.examplesOf', { name })}
      className={classes['samples']}
    />
  );
}

function Notes({ preview }: { readonly preview: DataPreview }) {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  const { isInverted, isResized, isSplit, leftOut, ignored } = preview;
  const first = `${ignored.first.join(', ')}${ignored.count > ignored.first.length ? ', …' : ''}`;
  const notes = [
    ...(isInverted ? [t('import.inverted')] : []),
    ...(isResized ? [t('import.resized')] : []),
    ...(isSplit ? [t('import.split')] : []),
    ...(leftOut > 0 ? [t('import.leftOut', { count: leftOut, images: format.integer(leftOut) })] : []),
    ...(ignored.count > 0 ? [t('import.ignored', { count: ignored.count, first })] : []),
  ];
  if (notes.length === 0) return null;
  return (
    <ul className={classes['notes']}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

function ReadingFields({
  preview,
  reading,
  onChange,
}: {
  readonly preview: DataPreview;
  readonly reading: DataReading;
  readonly onChange: (change: Partial<DataReading>) => void;
}) {
  const { t } = useTranslation('data');
  return (
    <div className={classes['row']}>
      <Select
        size="xs"
        label={t('import.ink')}
        value={reading.ink}
        allowDeselect={false}
        data={inks.map((value) => ({ value, label: t(`import.inkChoices.${value}`) }))}
        onChange={(value) => value !== null && onChange({ ink: value })}
      />
      {preview.isResized && (
        <Select
          size="xs"
          label={t('import.fit')}
          value={reading.fit}
          allowDeselect={false}
          data={fits.map((value) => ({ value, label: t(`import.fitChoices.${value}`) }))}
          onChange={(value) => value !== null && onChange({ fit: value })}
        />
      )}
      {preview.isSplit && (
        <NumberInput
          size="xs"
          label={t('import.testShare')}
          suffix="%"
          min={1}
          max={90}
          step={5}
          clampBehavior="blur"
          allowDecimal={false}
          className={classes['share']}
          value={Math.round(100 * reading.testShare)}
          onBlur={(event) => {
            const percent = Number.parseInt(event.currentTarget.value, 10);
            const testShare = Math.min(90, Math.max(1, percent)) / 100;
            if (Number.isFinite(testShare) && Math.round(100 * reading.testShare) !== percent)
              onChange({ testShare });
          }}
        />
      )}
      {preview.form === 'idx' && (
        <Switch
          size="xs"
          label={t('import.transposed')}
          checked={reading.isTransposed}
          onChange={(event) => onChange({ isTransposed: event.currentTarget.checked })}
        />
      )}
    </div>
  );
}

export interface PreviewPanelProps {
  readonly preview: DataPreview;
  readonly reading: DataReading;
  readonly isKeeping: boolean;
  readonly onReading: (change: Partial<DataReading>) => void;
  readonly onKeep: (names: Names) => void;
  readonly onDismiss: () => void;
}

export function PreviewPanel({
  preview,
  reading,
  isKeeping,
  onReading,
  onKeep,
  onDismiss,
}: PreviewPanelProps) {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  const { spec, counts, samples } = preview;
  const [names, setNames] = useState<Names>(() => {
    const likely = likelyNames(spec);
    return {
      name: spec.name === '' ? t('names.unnamed') : spec.name,
      classNames: likely === null ? spec.classNames : [...usualNames[likely]],
    };
  });
  const clean = cleanNames(names);
  const beside = names.classNames.map((name, label) => (
    // oxlint-disable-next-line react/no-array-index-key -- the label is what identifies a class
    <Fragment key={label}>
      <Samples images={samples[label] ?? new Uint8Array(0)} name={name} />
      <span className={classes['counts']}>
        {t('import.training')} {format.integer(counts[label]?.training ?? 0)} · {t('import.test')}{' '}
        {format.integer(counts[label]?.test ?? 0)}
      </span>
    </Fragment>
  ));
  return (
    <div className={classes['preview']} data-testid="data-preview">
      <h3 className={classes['subtitle']}>{t('import.preview')}</h3>
      <p className={classes['text']}>
        {t('kept.counts', {
          training: format.integer(spec.trainingImages),
          test: format.integer(spec.testImages),
          classes: format.integer(spec.classNames.length),
        })}
      </p>
      <Notes preview={preview} />
      <ReadingFields preview={preview} reading={reading} onChange={onReading} />
      <ExportFrame
        files={{
          label: t('import.save'),
          fileName: 'data-preview',
          picture: { heading: names.name },
          table: () => ({
            header: ['class', 'training_images', 'test_images'],
            rows: names.classNames.map((name, label) => [
              name,
              counts[label]?.training ?? 0,
              counts[label]?.test ?? 0,
            ]),
          }),
        }}
      >
        <NameFields names={names} onChange={setNames} beside={beside} />
      </ExportFrame>
      <Group gap="xs">
        <Button
          size="sm"
          disabled={clean === null}
          loading={isKeeping}
          onClick={() => clean !== null && onKeep(clean)}
        >
          {t('import.keep')}
        </Button>
        <Button size="sm" variant="default" disabled={isKeeping} onClick={onDismiss}>
          {t('import.dismiss')}
        </Button>
      </Group>
    </div>
  );
}

/** Own drawings of the data that is chosen: what the network reads in them, their labels, as files, and mixed into the training. */
import { ActionIcon, Button, FileButton, Group, NativeSelect } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { dataOf, type DataSpec } from '@/model/dataSet';
import type { DataProblem } from '@/model/dataImport';
import { labelledImages, ownDrawings, useOwnDrawings, type OwnDrawing } from '@/session/ownDrawings';
import { RequestError } from '@/session/pendingRequests';
import { hasWorker } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { chosenFiles } from '@/features/data/givenFiles';
import { ImportProblem } from '@/features/data/ImportProblem';
import { MixPanel } from '@/features/data/MixPanel';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import type { Reading } from '@/panels/drawing/readings';
import { usePrediction } from '@/panels/drawing/usePrediction';
import { useDrawingsOf } from '@/panels/data/useDrawingsOf';
import { useShownData } from '@/panels/data/useShownData';
import { download } from '@/ui/export/download';
import type { ExportTable } from '@/ui/export/exportFiles';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/data/data.module.css';

/** Shown at first: more are long work for the page. */
const shownAtFirst = 60;

interface TileProps {
  readonly drawing: OwnDrawing;
  readonly index: number;
  readonly data: DataSpec;
  readonly reading: Reading | null;
}

function Tile({ drawing, index, data, reading }: TileProps) {
  const { t } = useTranslation('data');
  const { id, label, pixels } = drawing;
  const nameOf = (one: number): string => data.classNames[one] ?? `(${one})`;
  const names = { index: String(index), label: nameOf(label) };
  const isWrong = reading !== null && reading !== label;
  const said = reading === 'not_numbers' ? 'NaN' : reading === null ? null : nameOf(reading);
  return (
    <li className={classes['drawing']} data-wrong={isWrong || undefined} data-testid="own-drawing">
      <PixelGrid
        pixels={pixels}
        label={
          said === null ? t('drawings.item', names) : t('drawings.itemRead', { ...names, prediction: said })
        }
      />
      <span className={classes['reading']} aria-hidden="true">
        {isWrong && <Icon name="cross" size={11} />}
        {said ?? '·'}
      </span>
      <div className={classes['drawingControls']}>
        <NativeSelect
          size="xs"
          aria-label={t('drawings.label', { index: String(index) })}
          data={data.classNames.map((name, value) => ({ value: String(value), label: name }))}
          value={String(label)}
          onChange={(event) => void ownDrawings.relabel(id, Number(event.currentTarget.value))}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          aria-label={t('drawings.remove', { index: String(index) })}
          onClick={() => void ownDrawings.remove([id])}
        >
          <Icon name="trash" size={15} />
        </ActionIcon>
      </div>
    </li>
  );
}

function Score({
  drawings,
  readings,
}: {
  readonly drawings: readonly OwnDrawing[];
  readonly readings: readonly Reading[];
}) {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  const right = drawings.filter(({ label }, i) => readings[i] === label).length;
  return (
    <p className={classes['score']} data-testid="drawings-score">
      {readings.includes('not_numbers')
        ? t('drawings.notNumbers')
        : t('drawings.score', {
            right: format.integer(right),
            count: drawings.length,
            percent: format.percent(right / drawings.length, 1),
          })}
    </p>
  );
}

/** Deleted last: with the way back. */
function Removed() {
  const { t } = useTranslation('data');
  const count = useOwnDrawings((state) => state.removed.length);
  return (
    <output className={classes['row']}>
      {count > 0 && (
        <>
          <span className={classes['text']}>{t('drawings.removed', { count })}</span>
          <Button size="compact-xs" variant="default" onClick={() => void ownDrawings.restore()}>
            {t('drawings.restore')}
          </Button>
        </>
      )}
    </output>
  );
}

type News =
  | { readonly kind: 'loaded'; readonly count: number }
  | { readonly kind: 'refused'; readonly problem: DataProblem }
  | { readonly kind: 'label'; readonly label: number }
  | { readonly kind: 'failed'; readonly message: string };

function newsOf(error: unknown): News {
  if (error instanceof RequestError && error.details?.kind === 'data_import')
    return { kind: 'refused', problem: error.details.problem };
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}

/** Saves the drawings as IDX files, and loads such files. */
function Files({ drawings, data }: { readonly drawings: readonly OwnDrawing[]; readonly data: DataSpec }) {
  const { t } = useTranslation('data');
  const [news, setNews] = useState<News | null>(null);
  const reset = useRef<() => void>(null);
  const isThere = useSession(hasWorker);
  const save = async (): Promise<void> => {
    try {
      const { fileName, file } = await session.actions.ask('exportDrawings', {
        drawings: labelledImages(drawings),
        name: data.name,
        classNames: data.classNames,
      });
      download(fileName, file, 'application/zip');
    } catch (error) {
      setNews(newsOf(error));
    }
  };
  const load = async (files: readonly File[]): Promise<void> => {
    if (files.length === 0) return;
    try {
      const read = await session.actions.ask('readDrawings', { files: chosenFiles(files) });
      const label = read.labels.find((one) => one >= data.classNames.length);
      if (label === undefined) await ownDrawings.keep(data.sha256, read);
      setNews(label === undefined ? { kind: 'loaded', count: read.labels.length } : { kind: 'label', label });
    } catch (error) {
      setNews(newsOf(error));
    }
    // The same files may be chosen again after a correction.
    reset.current?.();
  };
  return (
    <div data-testid="drawings-files" data-unsaved>
      <Group gap="xs">
        {drawings.length > 0 && (
          <Button size="xs" variant="default" disabled={!isThere} onClick={() => void save()}>
            {t('drawings.save')}
          </Button>
        )}
        <FileButton
          multiple
          resetRef={reset}
          inputProps={{ 'aria-label': t('drawings.load') }}
          onChange={(files) => void load(files)}
        >
          {(props) => (
            <Button {...props} size="xs" variant="default" disabled={!isThere}>
              {t('drawings.load')}
            </Button>
          )}
        </FileButton>
        {drawings.length > 0 && (
          <Button
            size="xs"
            variant="default"
            onClick={() => void ownDrawings.remove(drawings.map(({ id }) => id))}
          >
            {t('drawings.removeAll')}
          </Button>
        )}
      </Group>
      <output className={classes['text']}>
        {news?.kind === 'loaded' && t('drawings.loaded', { count: news.count })}
      </output>
      {news?.kind === 'refused' && <ImportProblem problem={news.problem} />}
      {news?.kind === 'label' && (
        <ErrorAlert title={t('problems.title')}>
          {t('drawings.loadLabels', {
            label: String(news.label),
            name: data.name,
            classes: String(data.classNames.length),
          })}
        </ErrorAlert>
      )}
      {news?.kind === 'failed' && <ErrorAlert title={t('import.failed')} detail={news.message} />}
    </div>
  );
}

function drawingTable(
  drawings: readonly OwnDrawing[],
  readings: readonly Reading[] | null,
  { classNames }: DataSpec,
): ExportTable {
  const nameOf = (label: number): string => classNames[label] ?? String(label);
  return {
    header: ['drawing', 'label', 'class', 'reading'],
    rows: drawings.map(({ label }, i) => {
      const reading = readings?.[i];
      return [i + 1, label, nameOf(label), typeof reading === 'number' ? nameOf(reading) : (reading ?? '')];
    }),
  };
}

export function DrawingsPanel() {
  const { t } = useTranslation('data');
  const data = useSession(({ draft }) => dataOf(draft));
  const drawings = useDrawingsOf(data.sha256);
  const isShown = useShownData().sha256 === data.sha256;
  const isFull = useOwnDrawings((state) => state.isFull);
  const [showsAll, setShowsAll] = useState(false);
  const images = useMemo(() => labelledImages(drawings).images, [drawings]);
  const answer = usePrediction(isShown && drawings.length > 0 ? images : null, 1000);
  // An answer may still be that of other drawings.
  const readings = answer !== null && answer.readings.length === drawings.length ? answer.readings : null;
  const shown = showsAll ? drawings : drawings.slice(0, shownAtFirst);
  return (
    <Panel
      title={t('drawings.title')}
      hint={t('drawings.hint', { name: data.name })}
      files={
        drawings.length === 0
          ? undefined
          : {
              label: t('drawings.saveList'),
              fileName: 'own-drawings',
              picture: { heading: `${t('drawings.title')}: ${data.name}` },
              table: () => drawingTable(drawings, readings, data),
            }
      }
    >
      <div className={classes['stack']}>
        {drawings.length === 0 && (
          <p className={classes['text']}>
            {t('drawings.empty')}{' '}
            <Link href="/draw" className={classes['link']}>
              {t('drawings.goDraw')}
            </Link>
          </p>
        )}
        {isFull && <ErrorAlert title={t('tell.failed')} />}
        {!isShown && drawings.length > 0 && <p className={classes['text']}>{t('drawings.otherData')}</p>}
        {readings !== null && <Score drawings={drawings} readings={readings} />}
        <ul className={classes['drawings']}>
          {shown.map((drawing, i) => (
            <Tile
              key={drawing.id}
              drawing={drawing}
              index={i + 1}
              data={data}
              reading={readings?.[i] ?? null}
            />
          ))}
        </ul>
        {shown.length < drawings.length && (
          <Button size="xs" variant="default" onClick={() => setShowsAll(true)}>
            {t('drawings.more', { count: drawings.length })}
          </Button>
        )}
        <Removed />
        <Files drawings={drawings} data={data} />
        {drawings.length > 0 && (
          <div data-unsaved>
            <MixPanel data={data} drawings={drawings} />
          </div>
        )}
      </div>
    </Panel>
  );
}

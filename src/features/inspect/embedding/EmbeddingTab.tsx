/** How the network sorts digits before it decides: the last hidden layer of 2,000 test images, laid out in two dimensions. */
import { Button, Progress, SegmentedControl } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { classCount } from '@/model/classCounts';
import { inspectedImageActions } from '@/session/inspectedImage';
import { useShownData } from '@/panels/data/useShownData';
import { followsTraining } from '@/session/selectors';
import { useSession } from '@/session/session';
import type { PassAnswer } from '@/session/networkPass';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Panel } from '@/ui/layout/Panel';
import { classColour } from '@/ui/theme/classColours';
import { usePalette } from '@/ui/theme/usePalette';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { EmbeddingPicture } from '@/features/inspect/embedding/EmbeddingPicture';
import {
  type Axes,
  cancelFollowing,
  cancelUmap,
  computeUmap,
  embeddedImages,
  embeddingParams,
  embeddingPass,
  fitAxes,
  type FollowedStep,
  followUmap,
  showMethod,
  type Umap,
  useEmbedding,
} from '@/features/inspect/embedding/embeddingState';
import { columnsOf, type Frame, frameOf, obstacleOf, placesOn } from '@/features/inspect/embedding/places';
import { EmbeddingSelection } from '@/features/inspect/embedding/EmbeddingSelection';
import { Scatter } from '@/features/inspect/embedding/Scatter';
import { PassBar } from '@/features/inspect/pass/PassBar';
import { usePass } from '@/features/inspect/pass/usePass';
import classes from '@/features/inspect/embedding/embedding.module.css';

type Answer = PassAnswer<'hiddenActivations'>;
const digits = Array.from({ length: classCount }, (_, digit) => digit);

/** Which classes are shown: colour, mark and name in one. */
function ClassToggles({
  visible,
  onToggle,
}: {
  readonly visible: ReadonlySet<number>;
  readonly onToggle: (digit: number) => void;
}) {
  const { t } = useTranslation('inspectEmbedding');
  const { scheme } = usePalette();
  const { classNames } = useShownData();
  return (
    <fieldset className={classes['toggles']} aria-label={t('classes')}>
      {classNames.map((name, digit) => (
        <button
          key={name}
          type="button"
          className={classes['toggle']}
          aria-pressed={visible.has(digit)}
          aria-label={t('toggle', { name })}
          title={t('toggle', { name })}
          style={{ color: classColour(scheme, digit) }}
          onClick={() => onToggle(digit)}
        >
          {digit}
        </button>
      ))}
    </fieldset>
  );
}

/** Of what is on show: where points lie, in which frame, and of which step. */
interface Shown {
  readonly points: Float32Array;
  readonly frame: Frame;
  readonly step: number;
}

function shownOf(
  method: 'pca' | 'umap',
  { value, runId }: Answer,
  axes: Axes | null,
  umap: Umap | null,
  followed: FollowedStep | null,
): Shown | null {
  if (method === 'umap') {
    if (umap?.runId !== runId || umap.points === null) return null;
    const frame = frameOf(umap.points);
    if (followed === null || followed.points === null) return { points: umap.points, frame, step: umap.step };
    return { points: followed.points, frame: frameOf(followed.points, frame), step: followed.step };
  }
  if (axes?.runId !== runId || axes.columns !== columnsOf(value)) return null;
  const points = placesOn(axes.components, value);
  return { points, frame: frameOf(points, axes.frame), step: value.step };
}

/** What the picture is of, and what can be done with it. */
function MethodBar({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation(['inspectEmbedding', 'inspectPass']);
  const format = useNumberFormat();
  const { method, axes, umap: anyUmap, followed } = useEmbedding();
  const { value, runId } = answer;
  if (method === 'pca') {
    if (axes === null) return null;
    const { variances, totalVariance } = axes.components;
    const share = variances.reduce((sum, one) => sum + one, 0) / totalVariance;
    return (
      <div className={classes['row']}>
        <span className={classes['note']}>
          {t('axes', { step: format.integer(axes.step), share: format.percent(share, 0) })}
        </span>
        {axes.step !== value.step && (
          <Button size="compact-xs" variant="default" onClick={() => fitAxes(runId, value)}>
            {t('fit')}
          </Button>
        )}
      </div>
    );
  }
  const umap = anyUmap?.runId === runId ? anyUmap : null;
  const moving = umap === null || umap.done < 1 ? umap : followed;
  if (umap !== null && moving !== null && moving.done < 1) {
    const names = { step: format.integer(moving.step), share: format.percent(moving.done, 0) };
    return (
      <div className={classes['row']} data-testid="umap-running">
        <span className={classes['note']}>{t(moving === umap ? 'umapRunning' : 'umapMoving', names)}</span>
        <Progress className={classes['progress']} value={100 * moving.done} aria-label={t('umapLabel')} />
        <Button size="compact-sm" variant="default" onClick={moving === umap ? cancelUmap : cancelFollowing}>
          {t('inspectPass:cancel')}
        </Button>
      </div>
    );
  }
  const steps = {
    step: format.integer(followed?.step ?? umap?.step ?? 0),
    from: format.integer(umap?.step ?? 0),
  };
  return (
    <div className={classes['row']}>
      <span className={classes['note']}>
        {umap === null ? t('umapHint') : t(followed === null ? 'umapOf' : 'umapMoved', steps)}
      </span>
      {umap?.step !== value.step && (
        <Button size="compact-sm" onClick={() => computeUmap(runId, value)}>
          {t(umap === null ? 'umapStart' : 'umapAgain')}
        </Button>
      )}
    </div>
  );
}

function Embedded({ answer }: { readonly answer: Answer }) {
  const { t } = useTranslation('inspectEmbedding');
  const format = useNumberFormat();
  const palette = usePalette();
  const { method, axes, umap, followed, isFitting, failure } = useEmbedding();
  const isTraining = useSession(followsTraining);
  const [visible, setVisible] = useState<ReadonlySet<number>>(() => new Set(digits));
  const [selected, setSelected] = useState<ReadonlySet<number>>(() => new Set());
  const { value, runId } = answer;
  const fits = axes?.runId === runId && axes.columns === columnsOf(value);
  useEffect(() => {
    if (!fits && !isFitting && failure === null) fitAxes(runId, value);
  }, [fits, isFitting, failure, runId, value]);
  const isPlaced = umap?.done === 1;
  useEffect(() => {
    // While it trains the processor is the training's.
    if (method === 'umap' && isPlaced && !isTraining) followUmap(runId, value);
  }, [method, isPlaced, isTraining, runId, value]);
  const shown = useMemo(
    () => shownOf(method, answer, axes, umap, followed),
    [method, answer, axes, umap, followed],
  );
  const { labels, images, layer, isInput } = value;
  const toggle = (digit: number): void => {
    const next = new Set(visible);
    if (!next.delete(digit)) next.add(digit);
    setVisible(next);
  };
  const select = (indices: readonly number[], adds = false): void =>
    setSelected(new Set(adds ? [...selected, ...indices] : indices));
  const title = t('pictureTitle', {
    method: t(`methods.${method}`),
    layer: layer ?? '',
    step: format.integer(shown?.step ?? 0),
  });
  return (
    <>
      <Panel
        title={t('title')}
        hint={t(isInput ? 'hintInput' : 'hint', {
          layer: layer ?? '',
          columns: format.integer(columnsOf(value)),
          images: format.integer(labels.length),
        })}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={t('method')}
            value={method}
            onChange={showMethod}
            data={(['pca', 'umap'] as const).map((one) => ({ value: one, label: t(`methods.${one}`) }))}
          />
        }
        files={{
          label: t('save'),
          fileName: `embedding-${method}`,
          isDisabled: shown === null,
          ...(shown !== null && {
            picture: (
              <EmbeddingPicture
                {...shown}
                labels={labels}
                visible={visible}
                palette={palette}
                title={title}
              />
            ),
            table: () => ({
              header: ['index', 'label', 'x', 'y', 'selected'],
              rows: Array.from(labels, (label, i) => [
                i,
                label,
                shown.points[2 * i] ?? NaN,
                shown.points[2 * i + 1] ?? NaN,
                Number(selected.has(i)),
              ]),
            }),
          }),
        }}
      >
        <MethodBar answer={answer} />
        {failure !== null && (
          <ErrorAlert
            title={t('failed')}
            detail={failure}
            action={{
              label: t('retry'),
              onClick: () => (method === 'pca' ? fitAxes : computeUmap)(runId, value),
            }}
          />
        )}
        <ClassToggles visible={visible} onToggle={toggle} />
        {shown !== null && (
          <div
            data-testid="embedding-picture"
            data-step={shown.step}
            data-method={method}
            data-moving={method === 'umap' && (followed?.done ?? 1) < 1}
          >
            <Scatter
              {...shown}
              labels={labels}
              images={images}
              visible={visible}
              selected={selected}
              onSelect={select}
              onShow={(index) => void inspectedImageActions.showTest(index).catch(() => undefined)}
            />
          </div>
        )}
      </Panel>
      <EmbeddingSelection read={value} selected={selected} visible={visible} onSelect={select} />
    </>
  );
}

export function EmbeddingTab() {
  const { t } = useTranslation('inspectEmbedding');
  const format = useNumberFormat();
  const state = usePass(embeddingPass, embeddingParams);
  const { answer } = state;
  const obstacle = useMemo(() => (answer === null ? null : obstacleOf(answer.value)), [answer]);
  const { testImages } = useShownData();
  const images = format.integer(Math.min(embeddedImages, testImages));
  return (
    <div className={classes['tab']} data-testid="embedding">
      <PassBar
        state={state}
        startText={t('start', { images })}
        runningText={(share) => t('running', { share })}
        start={() => embeddingPass.start(embeddingParams)}
        cancel={() => embeddingPass.cancel()}
        step={answer?.value.step ?? null}
      />
      {answer !== null && obstacle !== null && (
        <ErrorAlert tone="warning" title={t(`obstacles.${obstacle}`)} />
      )}
      {answer !== null && obstacle === null && <Embedded answer={answer} />}
    </div>
  );
}

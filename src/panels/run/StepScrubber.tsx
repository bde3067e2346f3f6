/** Looking back under the loss chart: the step that all views show, and the way on from there. */
import { Anchor, Button } from '@mantine/core';
import { type CSSProperties, type KeyboardEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ancestorAt, earliestStep, isBranchable, isKept } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import type { ShownState } from '@/session/sessionState';
import { type NumberFormat, useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/run/StepScrubber.module.css';

export interface StepScrubberProps {
  /** Pixels left and right of the chart's plot. */
  readonly margin: { readonly left: number; readonly right: number };
  /** The last step of the chart's axis. */
  readonly axisEnd: number;
}

/** The end of an epoch before or behind a step. */
function nextEpochEnd(step: number, stepsPerEpoch: number, direction: 1 | -1): number {
  const epochs = step / stepsPerEpoch;
  return (direction === 1 ? Math.floor(epochs) + 1 : Math.ceil(epochs) - 1) * stepsPerEpoch;
}

const directions: Readonly<Record<string, 1 | -1>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 1,
  PageDown: -1,
};

/** Arrows alone go step by step, as the browser does it. */
function onKeyDown(event: KeyboardEvent, step: number, stepsPerEpoch: number): void {
  const direction = directions[event.key];
  if (direction === undefined || stepsPerEpoch === 0) return;
  if (event.key.startsWith('Page')) {
    event.preventDefault();
    session.actions.showStep(Math.max(0, nextEpochEnd(step, stepsPerEpoch, direction)));
  } else if (event.shiftKey) {
    event.preventDefault();
    void session.actions.showNextKeyframe(direction);
  }
}

/** Training loss of the step before, and the last test up to there. */
function useFigures(step: number, format: NumberFormat): string[] {
  const { t } = useTranslation('train');
  const test = useSession(({ evaluations }) => evaluations.findLast((point) => point.step <= step));
  const loss = session.metrics.values('loss')[step - 1];
  return [
    ...(loss === undefined ? [] : [t('scrubber.loss', { loss: format.loss(loss) })]),
    ...(test === undefined ? [] : [t('scrubber.accuracy', { accuracy: format.percent(test.accuracy) })]),
  ];
}

function Inexact({ shown, format }: { readonly shown: ShownState; readonly format: NumberFormat }) {
  const { t } = useTranslation('train');
  const { at, secondsToExact, step } = shown;
  if (at === null || secondsToExact === null) return null;
  return (
    <p className={classes['note']}>
      {t('scrubber.nearest', {
        at: format.integer(at),
        step: format.integer(step),
        duration: format.duration(secondsToExact),
      })}{' '}
      <Button size="compact-xs" variant="default" onClick={() => session.actions.computeShownStep()}>
        {t('scrubber.compute')}
      </Button>
    </p>
  );
}

function Difference({ shown, format }: { readonly shown: ShownState; readonly format: NumberFormat }) {
  const { t } = useTranslation('train');
  const { difference } = shown;
  if (difference === null) return null;
  const { step, largest } = difference;
  return (
    <p className={classes['note']}>
      {t('scrubber.mayDiffer')}{' '}
      {step !== null &&
        largest !== null &&
        (largest === 0
          ? t('scrubber.differsNot', { step: format.integer(step) })
          : t('scrubber.differsBy', { step: format.integer(step), largest: format.plain(largest) }))}
    </p>
  );
}

/** Why a step is not shown. */
function Failure({ error }: { readonly error: NonNullable<ShownState['error']> }) {
  const { t } = useTranslation('train');
  const { t: tData } = useTranslation('data');
  // Of an ancestor, where it is that one's step.
  const data = error.details?.kind === 'data_missing' ? error.details.data : null;
  const isSetThere = useSession((state) => data !== null && isKept(state, data));
  if (data === null)
    return <p className={classes['note']}>{t('scrubber.failed', { message: error.message })}</p>;
  if (isSetThere) return <p className={classes['note']}>{tData('missing.drawings')}</p>;
  const { name, sha256 } = data;
  return (
    <p className={classes['note']}>
      {tData('missing.step', { name, start: sha256.slice(0, 12) })}{' '}
      <Anchor component={Link} href="/data" size="xs" underline="always">
        {tData('missing.import')}
      </Anchor>
    </p>
  );
}

function Shown({ shown }: { readonly shown: ShownState }) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const step = shown.at ?? shown.step;
  const figures = useFigures(step, format);
  const canBranch = useSession((state) => isBranchable(state, state.draft, step));
  const ancestor = useSession((state) => ancestorAt(state, step));
  const hintId = useId();
  const place = t('scrubber.shown', { step: format.integer(step) });
  const moving = t('scrubber.moving', {
    step: format.integer(shown.step),
    passed: shown.passed === null ? '' : ` (${format.integer(shown.passed)})`,
  });
  return (
    <div
      className={classes['shown']}
      data-testid="shown-step"
      data-at={shown.at}
      data-moving={shown.isMoving}
    >
      {(shown.isMoving || shown.at !== null) && (
        <p className={classes['place']}>{shown.isMoving ? moving : [place, ...figures].join(' · ')}</p>
      )}
      {!shown.isMoving && ancestor !== null && (
        <p className={classes['note']} data-testid="before-branch">
          {t('scrubber.beforeBranch', { name: ancestor.name, step: format.integer(ancestor.end) })}
        </p>
      )}
      {shown.error !== null && <Failure error={shown.error} />}
      {!shown.isMoving && <Inexact shown={shown} format={format} />}
      {!shown.isMoving && <Difference shown={shown} format={format} />}
      <div className={classes['actions']}>
        <Button size="compact-sm" onClick={() => session.actions.showStep(null)}>
          {t('scrubber.live')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={!canBranch || shown.isMoving || shown.at === null}
          aria-describedby={canBranch ? undefined : hintId}
          onClick={() => session.actions.branch()}
          data-testid="branch"
        >
          {t('scrubber.branch')}
        </Button>
        {!canBranch && (
          <span className={classes['hint']} id={hintId}>
            {t('scrubber.branchHint')}
          </span>
        )}
      </div>
    </div>
  );
}

/** As wide as the run is in the chart above, the middle of the thumb under its step. */
function placeUnder(
  { margin: { left, right }, axisEnd }: StepScrubberProps,
  firstStep: number,
  step: number,
): CSSProperties {
  const plot = `(100% - ${left + right}px)`;
  const share = (value: number): number => Math.min(1, value / Math.max(1, axisEnd));
  return {
    marginLeft: `calc(${left}px + ${plot} * ${share(firstStep)} - var(--thumb) / 2)`,
    width: `calc(${plot} * ${share(step) - share(firstStep)} + var(--thumb))`,
  };
}

export function StepScrubber(props: StepScrubberProps) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const run = useSession((state) => state.run);
  const shown = useSession((state) => state.shown);
  const first = useSession(earliestStep);
  if (run === null || run.step <= first) return null;
  const step = shown?.step ?? run.step;
  return (
    <div className={classes['scrubber']}>
      <input
        type="range"
        className={classes['range']}
        style={placeUnder(props, first, run.step)}
        min={first}
        max={run.step}
        step={1}
        value={step}
        aria-label={t('scrubber.label')}
        aria-valuetext={t(shown === null ? 'scrubber.newest' : 'scrubber.value', {
          step: format.integer(step),
          total: format.integer(run.step),
        })}
        onChange={(event) => session.actions.showStep(event.currentTarget.valueAsNumber)}
        onKeyDown={(event) => onKeyDown(event, step, run.stepsPerEpoch)}
        data-testid="step-scrubber"
      />
      {shown === null ? <p className={classes['hint']}>{t('scrubber.hint')}</p> : <Shown shown={shown} />}
    </div>
  );
}

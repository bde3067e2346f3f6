/** The loss on a plane through the weights: what is asked for, the picture, and what it says. */
import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dataOf } from '@/model/dataSet';
import {
  evaluationsOf,
  landscapeImages,
  landscapePoints,
  leastPathStates,
  type LandscapeSettings,
} from '@/model/lossLandscape';
import { followsTraining } from '@/session/selectors';
import { useSession } from '@/session/session';
import { NumberField } from '@/ui/form/NumberField';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { PassBar } from '@/features/inspect/pass/PassBar';
import { usePass } from '@/features/inspect/pass/usePass';
import type { LandscapeMeasure } from '@/features/inspect/landscape/landscapeContours';
import {
  changeLandscape,
  landscapePass,
  useKeptStates,
  useLandscapeSettings,
  useSecondsPerImage,
} from '@/features/inspect/landscape/landscapePass';
import { LandscapeResult, useLandscapeFiles } from '@/features/inspect/landscape/LandscapeResult';
import classes from '@/features/inspect/landscape/landscape.module.css';

const extents = { kind: 'number', min: 0.01, max: 10, step: 0.1, scale: 'linear' } as const;
const seeds = { kind: 'integer', min: 0, max: 4_294_967_295, step: 1, scale: 'linear' } as const;
/** A filter's own length; and a path with some room around it. */
const usualExtents = { random: 1, path: 1.3 } as const;

interface ControlsProps {
  readonly settings: LandscapeSettings;
  /** Images that there are. */
  readonly most: number;
  /** Whether the run has a path that spans a plane. */
  readonly hasPath: boolean;
}

function Controls({ settings, most, hasPath }: ControlsProps) {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const counts = [...landscapeImages.filter((count) => count < most), ...(most > 0 ? [most] : [])];
  return (
    <>
      <div className={classes['controls']}>
        <SegmentedControl
          size="xs"
          aria-label={t('plane')}
          value={settings.plane}
          onChange={(plane) => changeLandscape({ plane, extent: usualExtents[plane] })}
          data={(['random', 'path'] as const).map((plane) => ({
            value: plane,
            label: t(`planes.${plane}.name`),
            disabled: plane === 'path' && !hasPath,
          }))}
        />
        <NativeSelect
          size="xs"
          label={t('points')}
          value={String(settings.points)}
          onChange={(event) => changeLandscape({ points: Number(event.currentTarget.value) })}
          data={landscapePoints.map((count) => ({ value: String(count), label: `${count} × ${count}` }))}
        />
        <NativeSelect
          size="xs"
          label={t('images')}
          value={String(settings.images)}
          onChange={(event) => changeLandscape({ images: Number(event.currentTarget.value) })}
          data={counts.map((count) => ({ value: String(count), label: format.integer(count) }))}
        />
        <NativeSelect
          size="xs"
          label={t('split')}
          value={settings.split}
          onChange={(event) =>
            changeLandscape({ split: event.currentTarget.value === 'train' ? 'train' : 'test' })
          }
          data={(['test', 'train'] as const).map((split) => ({ value: split, label: t(`splits.${split}`) }))}
        />
        <NumberField
          className={classes['narrow']}
          size="xs"
          label={t('extent')}
          range={extents}
          value={settings.extent}
          onChange={(extent) => changeLandscape({ extent })}
        />
        {settings.plane === 'random' && (
          <NumberField
            className={classes['narrow']}
            size="xs"
            label={t('seed')}
            range={seeds}
            value={settings.seed}
            onChange={(seed) => changeLandscape({ seed })}
          />
        )}
      </div>
      <p className={classes['note']}>
        {t(`planes.${settings.plane}.hint`)} {!hasPath && t('noPath', { count: leastPathStates })}
      </p>
    </>
  );
}

export function LandscapePanel() {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const chosen = useLandscapeSettings();
  const most = useSession(({ run }) => {
    if (run === null) return 0;
    return chosen.split === 'train' ? run.config.trainingImages : dataOf(run.config).testImages;
  });
  const settings = chosen.images <= most || most === 0 ? chosen : { ...chosen, images: most };
  const state = usePass(landscapePass, chosen);
  const kept = useKeptStates();
  const hasPath = kept !== null && kept >= leastPathStates;
  const [measure, setMeasure] = useState<LandscapeMeasure>('loss');
  const pace = useSecondsPerImage();
  const isTraining = useSession(followsTraining);
  const seconds =
    pace === null ? null : evaluationsOf(settings) * settings.images * pace * (isTraining ? 2 : 1);
  const landscape = state.answer?.value ?? null;
  const files = useLandscapeFiles(landscape, measure);
  const cost = seconds === null ? t('beside') : t('cost', { time: format.duration(Math.max(1, seconds)) });
  return (
    <Panel
      title={t('title')}
      hint={t('hint')}
      files={files}
      actions={
        landscape !== null && (
          <SegmentedControl
            size="xs"
            aria-label={t('measure')}
            value={measure}
            onChange={setMeasure}
            data={(['loss', 'accuracy'] as const).map((value) => ({
              value,
              label: t(`measures.${value}`),
            }))}
          />
        )
      }
    >
      <Controls settings={settings} most={most} hasPath={hasPath} />
      <PassBar
        state={state}
        startText={t('start')}
        againText={t('again')}
        runningText={(share) => t('running', { share })}
        start={() => landscapePass.start(settings)}
        cancel={() => landscapePass.cancel()}
        step={landscape?.step ?? null}
        isRepeatable
        isDisabled={settings.plane === 'path' && !hasPath}
        idleText={cost}
      />
      {landscape !== null && state.running === null && <p className={classes['note']}>{cost}</p>}
      {landscape !== null && <LandscapeResult landscape={landscape} measure={measure} />}
    </Panel>
  );
}

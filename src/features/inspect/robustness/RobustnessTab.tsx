/** How much a network bears: its accuracy on test images that are shifted, turned, resized, noisy or blurred, more and more. */
import { ActionIcon, Chip, NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CorruptionKind, corruptionKinds } from '@/model/corruptions';
import { useClassName } from '@/panels/data/useShownData';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { Icon } from '@/ui/icons/icons';
import type { ExportTable } from '@/ui/export/exportFiles';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { usePalette } from '@/ui/theme/usePalette';
import { PassBar } from '@/features/inspect/pass/PassBar';
import { usePass } from '@/features/inspect/pass/usePass';
import { Plot } from '@/features/inspect/plot/Plot';
import {
  curveStyle,
  plotHeight,
  RobustnessPlot,
  type RobustnessPlotProps,
} from '@/features/inspect/robustness/RobustnessPlot';
import {
  type Curves,
  forgetCurves,
  measureRobustness,
  robustnessPass,
  useCurves,
} from '@/features/inspect/robustness/robustnessCurves';
import { type Example, useExamples } from '@/features/inspect/robustness/useExamples';
import classes from '@/features/inspect/robustness/robustness.module.css';

const imageCounts = [500, 1000, 2000, 10_000] as const;
const exportWidth = 460;

const curveTable = (curves: readonly Curves[], kinds: readonly CorruptionKind[]): ExportTable => ({
  header: ['network', 'step', 'images', 'corruption', 'strength', 'accuracy'],
  rows: curves.flatMap(({ network, step, images, points }) =>
    points
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, strength, accuracy }) => [network, step, images, kind, strength, accuracy]),
  ),
});

function useCurveName(): (curves: Curves) => string {
  const { t } = useTranslation('inspectRobustness');
  const format = useNumberFormat();
  return ({ network, step, images }) =>
    t('curve', { network, step: format.integer(step), images: format.integer(images) });
}

function Legend({ curves, canForget }: { readonly curves: readonly Curves[]; readonly canForget: boolean }) {
  const { t } = useTranslation('inspectRobustness');
  const palette = usePalette();
  const nameOf = useCurveName();
  return (
    <ul className={classes['legend']} data-testid="curves">
      {curves.map((one, i) => (
        <li key={one.id}>
          <svg width={34} height={10} aria-hidden="true">
            <line x1={0} x2={34} y1={5} y2={5} strokeWidth={2.5} {...curveStyle(palette, i)} />
          </svg>
          {nameOf(one)}
          {canForget && one.id !== 'growing' && (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('forget', { name: nameOf(one) })}
              title={t('forget', { name: nameOf(one) })}
              onClick={() => forgetCurves(one.id)}
            >
              <Icon name="cross" size={12} />
            </ActionIcon>
          )}
        </li>
      ))}
    </ul>
  );
}

/** One digit at every strength. */
function Examples({
  examples,
  label,
}: {
  readonly examples: readonly Example[];
  readonly label: number | null;
}) {
  const { t } = useTranslation('inspectRobustness');
  const format = useNumberFormat();
  const nameOf = useClassName();
  return (
    <ul className={classes['examples']} aria-label={t('examples')}>
      {examples.map(({ strength, pixels, reading, confidence }) => {
        const isWrong = reading !== null && label !== null && reading !== label;
        const title =
          confidence === null
            ? undefined
            : t('reading', {
                prediction: typeof reading === 'number' ? nameOf(reading) : '',
                share: format.percent(confidence, 0),
              });
        return (
          <li key={strength} data-wrong={isWrong} title={title}>
            <span className={classes['strength']}>{format.plain(strength)}</span>
            <PixelGrid pixels={pixels} label="" ink="white_on_black" />
            <span className={classes['read']}>
              {isWrong && <Icon name="cross" size={10} />}
              {reading === 'not_numbers' ? 'NaN' : reading === null ? '·' : nameOf(reading)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

interface KindProps extends Omit<RobustnessPlotProps, 'width' | 'strengthTitle'> {
  readonly shown: ReturnType<typeof useExamples>;
}

function KindPanel({ kind, shown, ...plot }: KindProps) {
  const { t } = useTranslation('inspectRobustness');
  const { curves, percent } = plot;
  const nameOf = useCurveName();
  const summary = curves
    .map((one) => {
      const own = one.points.filter((point) => point.kind === kind);
      const [first, last] = [own[0], own.at(-1)];
      return first === undefined || last === undefined
        ? ''
        : t('summary', {
            name: nameOf(one),
            first: percent(first.accuracy),
            last: percent(last.accuracy),
            from: String(first.strength),
            to: String(last.strength),
          });
    })
    .filter((text) => text !== '');
  const examples = shown?.examples.filter((example) => example.kind === kind) ?? [];
  return (
    <Panel
      title={t(`kinds.${kind}.title`)}
      hint={t(`kinds.${kind}.hint`)}
      files={{
        label: t('saveKind', { kind: t(`kinds.${kind}.title`) }),
        fileName: `robustness-${kind}`,
        picture: { heading: t(`kinds.${kind}.title`) },
        table: () => curveTable(curves, [kind]),
      }}
    >
      <Plot label={[t(`kinds.${kind}.title`), ...summary].join('. ')} testId={`curve-${kind}`}>
        {(width) => (
          <RobustnessPlot {...plot} kind={kind} width={width} strengthTitle={t(`kinds.${kind}.strength`)} />
        )}
      </Plot>
      {examples.length > 0 && <Examples examples={examples} label={shown?.label ?? null} />}
    </Panel>
  );
}

export function RobustnessTab() {
  const { t } = useTranslation('inspectRobustness');
  const format = useNumberFormat();
  const palette = usePalette();
  const nameOf = useCurveName();
  const [kinds, setKinds] = useState<readonly string[]>(corruptionKinds);
  const [count, setCount] = useState(1000);
  const chosen = useMemo(() => corruptionKinds.filter((kind) => kinds.includes(kind)), [kinds]);
  const params = useMemo(() => ({ kinds: chosen, count, seed: 0 }), [chosen, count]);
  const state = usePass(robustnessPass, params);
  const { measured, growing } = useCurves();
  const curves = growing === null ? measured : [growing, ...measured];
  const shown = useExamples();
  const plot = {
    palette,
    curves,
    accuracyTitle: t('accuracy'),
    percent: (share: number) => format.percent(share, share > 0.99 && share < 1 ? 1 : 0),
  };
  const pictureOf = (kind: CorruptionKind, i: number) => (
    <g key={kind} transform={`translate(${(i % 2) * exportWidth} ${Math.floor(i / 2) * (plotHeight + 26)})`}>
      <RobustnessPlot
        {...plot}
        kind={kind}
        width={exportWidth}
        title={t(`kinds.${kind}.title`)}
        strengthTitle={t(`kinds.${kind}.strength`)}
      />
    </g>
  );
  const rows = Math.ceil(corruptionKinds.length / 2);
  return (
    <div className={classes['tab']} data-testid="robustness">
      <Panel
        title={t('title')}
        hint={t('hint')}
        files={{
          label: t('save'),
          fileName: 'robustness',
          isDisabled: measured.length === 0,
          picture: (
            <svg
              xmlns="http://www.w3.org/2000/svg"
              width={2 * exportWidth}
              height={rows * (plotHeight + 26) + 24 * measured.length + 16}
              fontFamily="Inter Variable, system-ui, sans-serif"
              fontSize={12}
            >
              <rect width="100%" height="100%" fill={palette.paper} />
              {corruptionKinds.map(pictureOf)}
              {measured.map((one, i) => (
                <g key={one.id} transform={`translate(16 ${rows * (plotHeight + 26) + 24 * i + 8})`}>
                  <line x2={34} y1={6} y2={6} strokeWidth={2.5} {...curveStyle(palette, i)} />
                  <text x={44} y={10} fill={palette.ink}>
                    {nameOf(one)}
                  </text>
                </g>
              ))}
            </svg>
          ),
          table: () => curveTable(measured, corruptionKinds),
        }}
      >
        <div className={classes['controls']}>
          <Chip.Group multiple value={[...kinds]} onChange={setKinds}>
            <fieldset className={classes['chips']} aria-label={t('which')}>
              {corruptionKinds.map((kind) => (
                <Chip key={kind} value={kind} size="xs">
                  {t(`kinds.${kind}.title`)}
                </Chip>
              ))}
            </fieldset>
          </Chip.Group>
          <NativeSelect
            size="xs"
            label={t('images')}
            value={String(count)}
            onChange={(event) => setCount(Number(event.currentTarget.value))}
            data={imageCounts.map((value) => ({ value: String(value), label: format.integer(value) }))}
          />
        </div>
        <PassBar
          state={state}
          startText={t('start')}
          againText={t('again')}
          runningText={(share) => t('running', { share })}
          start={() => measureRobustness(chosen, count)}
          cancel={() => robustnessPass.cancel()}
          step={state.answer?.value.step ?? null}
          isRepeatable
          isDisabled={chosen.length === 0}
          idleText={t('goesOn')}
        />
        {curves.length > 0 && <Legend curves={curves} canForget={growing === null} />}
        {measured.length > 0 && <p className={classes['note']}>{t('visit')}</p>}
      </Panel>
      <div className={classes['kinds']}>
        {corruptionKinds.map((kind) => (
          <KindPanel key={kind} kind={kind} shown={shown} {...plot} />
        ))}
      </div>
    </div>
  );
}

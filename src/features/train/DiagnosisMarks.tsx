/** Where the doctor saw something, as a line and an area in a chart. */
import { useTranslation } from 'react-i18next';
import type { EvidenceSeries } from '@/doctor/finding';
import { useSession } from '@/session/session';
import { shownStep } from '@/features/train/useDiagnosisText';
import { useChart } from '@/ui/chart/Chart';

const color = 'var(--state-bad)';

/** Of the findings that show in this chart, the first: more would hide the curve. Stands inside a chart. */
export function DiagnosisMarks({ series }: { readonly series: readonly EvidenceSeries[] }) {
  const { t } = useTranslation('doctor');
  const diagnosis = useSession((state) =>
    state.diagnoses.find(({ evidence }) => series.includes(evidence.series)),
  );
  const { x, left, right, top, bottom } = useChart();
  if (diagnosis === undefined) return null;
  const at = (step: number): number => Math.min(right, Math.max(left, x(step)));
  const { from, to } = diagnosis.evidence;
  const seen = at(shownStep(diagnosis));
  const isNearRight = seen > right - 60;
  return (
    <g pointerEvents="none" data-testid="diagnosis-mark">
      <rect
        x={at(from)}
        y={top}
        width={at(to) - at(from)}
        height={bottom - top}
        fill={color}
        fillOpacity={0.06}
      />
      <line x1={seen} x2={seen} y1={top} y2={bottom} stroke={color} strokeDasharray="4 3" />
      <text
        x={seen + (isNearRight ? -5 : 5)}
        y={bottom - 6}
        textAnchor={isNearRight ? 'end' : 'start'}
        style={{ fill: color }}
      >
        {t('mark')}
      </text>
    </g>
  );
}

/** Where the doctor saw something, as a line and an area in a chart. */
import { useTranslation } from 'react-i18next';
import { usePlotArea, useXAxisScale } from 'recharts';
import type { EvidenceSeries } from '@/doctor/diagnosis';
import { useSession } from '@/store/session';
import { shownStep } from '@/views/train/useDiagnosisText';

const color = 'var(--state-bad)';

/** Of the findings that show in this chart, the first: more would hide the curve. Stands inside a chart. */
export function DiagnosisMarks({ series }: { readonly series: readonly EvidenceSeries[] }) {
  const { t } = useTranslation('doctor');
  const diagnosis = useSession((state) =>
    state.diagnoses.find(({ evidence }) => series.includes(evidence.series)),
  );
  const scale = useXAxisScale();
  const plot = usePlotArea();
  if (diagnosis === undefined || scale === undefined || plot === undefined) return null;
  const right = plot.x + plot.width;
  const at = (step: number): number => Math.min(right, Math.max(plot.x, scale(step) ?? plot.x));
  const { from, to } = diagnosis.evidence;
  const seen = at(shownStep(diagnosis));
  const isNearRight = seen > right - 60;
  return (
    <g pointerEvents="none" data-testid="diagnosis-mark">
      <rect
        x={at(from)}
        y={plot.y}
        width={at(to) - at(from)}
        height={plot.height}
        fill={color}
        fillOpacity={0.06}
      />
      <line x1={seen} x2={seen} y1={plot.y} y2={plot.y + plot.height} stroke={color} strokeDasharray="4 3" />
      <text
        x={seen + (isNearRight ? -5 : 5)}
        y={plot.y + plot.height - 6}
        textAnchor={isNearRight ? 'end' : 'start'}
        fontSize={11}
        fill={color}
      >
        {t('mark')}
      </text>
    </g>
  );
}

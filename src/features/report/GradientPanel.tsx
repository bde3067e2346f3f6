/** Why softmax + NLL stops learning: the two gradients as formulas, and how hard each pulls at a p of your choice. */
import { Slider } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '@/ui/chart/Chart';
import { ChartCurve, ChartDots } from '@/ui/chart/ChartCurve';
import { ChartFigure } from '@/ui/chart/ChartPanel';
import { ReferenceLine } from '@/ui/chart/chartParts';
import { valueAxis } from '@/ui/chart/chartScale';
import { over, sub, type Term } from '@/model/formula';
import { Formula } from '@/ui/text/Formula';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/report/report.module.css';

const pt = sub('p', 't');
const slope = over(['∂', 'L'], ['∂', sub('z', 't')]);
const wrongGradient: Term = ['L', '=', '−', pt, ',', slope, '=', '−', pt, '(', '1', '−', pt, ')'];
const rightGradient: Term = ['L', '=', '−', 'log', pt, ',', slope, '=', pt, '−', '1'];

interface PullPoint {
  /** p: a curve's x is called its step. */
  readonly step: number;
  readonly wrong: number;
  readonly right: number;
}

const pullAt = (p: number): PullPoint => ({ step: p, wrong: p * (1 - p), right: 1 - p });
const curve = Array.from({ length: 101 }, (_, i) => pullAt(i / 100));
const wrongOf = (point: PullPoint): number => point.wrong;
const rightOf = (point: PullPoint): number => point.right;
const wrongColor = 'var(--series-test-loss)';
const rightColor = 'var(--series-train)';

export function GradientPanel() {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const [p, setP] = useState(0.1);
  const here = useMemo(() => [pullAt(p)], [p]);
  const x = useMemo(
    () => ({ ...valueAxis(t('gradient.probability'), [0, 1], format.plain), ticks: [0, 0.25, 0.5, 0.75, 1] }),
    [t, format],
  );
  const y = useMemo(() => valueAxis(t('gradient.axis'), [0, 1], format.tick), [t, format]);
  const now = t('gradient.now', {
    p: p.toFixed(2),
    right: (1 - p).toFixed(3),
    wrong: (p * (1 - p)).toFixed(3),
    factor: format.plain(Number((1 / p).toPrecision(3))),
  });
  return (
    <Panel title={t('gradient.title')}>
      <div className={classes['gradient']}>
        <div className={classes['text']}>
          <p>{t('gradient.p1')}</p>
          <Formula term={wrongGradient} className={classes['formula']} />
          <p>{t('gradient.p2')}</p>
          <Formula term={rightGradient} className={classes['formula']} />
          <p>{t('gradient.p3')}</p>
        </div>
        <div>
          <ChartFigure
            title={t('gradient.chart')}
            fileName="softmax-gradient"
            table={() => ({
              header: ['p', 'softmax_nll', 'cross_entropy'],
              rows: curve.map(({ step, wrong, right }) => [step, wrong, right]),
            })}
            legend={[
              { label: t('gradient.crossEntropy'), color: rightColor, mark: 'line' },
              { label: t('gradient.softmaxNll'), color: wrongColor, mark: 'line' },
            ]}
            summary={now}
          >
            <Chart x={x} y={y}>
              <ReferenceLine at={p} color="var(--chart-epoch)" />
              <ChartCurve points={curve} value={rightOf} color={rightColor} width={2} />
              <ChartCurve points={curve} value={wrongOf} color={wrongColor} width={2} />
              <ChartDots points={here} value={rightOf} color={rightColor} radius={4.5} />
              <ChartDots points={here} value={wrongOf} color={wrongColor} radius={4.5} />
            </Chart>
          </ChartFigure>
          <span id="gradient-p">{t('gradient.probability')}</span>
          <Slider
            size="sm"
            min={0.01}
            max={0.99}
            step={0.01}
            value={p}
            label={(value) => value.toFixed(2)}
            onChange={setP}
            thumbProps={{ 'aria-labelledby': 'gradient-p' }}
          />
          <output className={classes['now']}>{now}</output>
        </div>
      </div>
    </Panel>
  );
}

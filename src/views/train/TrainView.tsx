/** The main page: choose, start, watch, try. */
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type DrawingSample, drawingActions } from '@/store/drawing';
import { Charts } from '@/views/train/Charts';
import { DoctorPanel } from '@/views/train/DoctorPanel';
import { DrawCard } from '@/views/train/DrawCard';
import { EnginePanel } from '@/views/train/EnginePanel';
import { ExperimentPanel } from '@/views/train/ExperimentPanel';
import { LayerPanel } from '@/views/train/LayerPanel';
import { RunBar } from '@/views/train/RunBar';
import { SettingsPanel } from '@/views/train/SettingsPanel';
import { Panel } from '@/views/ui/Panel';
import { RunCost } from '@/views/ui/RunCost';
import { RunObstacles } from '@/views/ui/RunObstacles';
import { SampleStrip } from '@/views/ui/SampleStrip';
import classes from '@/views/train/TrainView.module.css';

/** Whether the drawing card stands beside the charts, as in TrainView.module.css. */
const drawCardIsBeside = '(min-width: 75em)';

function Samples() {
  const { t } = useTranslation('train');
  const [, navigate] = useLocation();
  const pick = (sample: DrawingSample): void => {
    drawingActions.loadSample(sample);
    if (!window.matchMedia(drawCardIsBeside).matches) navigate('/draw');
  };
  return <SampleStrip title={t('samples.title')} onPick={pick} />;
}

function CostPanel() {
  const { t } = useTranslation('network');
  return (
    <Panel title={t('cost.title')}>
      <RunCost showsLimits={false} />
    </Panel>
  );
}

export function TrainView() {
  return (
    <div className={classes['page']}>
      <div className={classes['run']}>
        <RunBar />
        <RunObstacles />
      </div>
      <div className={classes['settings']}>
        <ExperimentPanel />
        <SettingsPanel />
      </div>
      <div className={classes['charts']}>
        <DoctorPanel />
        <Charts />
        <LayerPanel />
        <Samples />
      </div>
      <div className={classes['side']}>
        <DrawCard />
        <EnginePanel />
        <CostPanel />
      </div>
    </div>
  );
}

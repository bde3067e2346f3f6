/** The main page: choose, start, watch, try. */
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type DrawingSample, drawingActions } from '@/session/drawing';
import { Charts } from '@/features/train/Charts';
import { DoctorPanel } from '@/features/train/DoctorPanel';
import { DrawCard } from '@/features/train/DrawCard';
import { EnginePanel } from '@/features/train/EnginePanel';
import { ExperimentPanel } from '@/features/train/ExperimentPanel';
import { FastCard } from '@/features/train/FastCard';
import { LayerPanel } from '@/features/train/LayerPanel';
import { RunBar } from '@/features/train/RunBar';
import { SettingsPanel } from '@/features/train/SettingsPanel';
import { Panel } from '@/ui/layout/Panel';
import { RunCost } from '@/panels/run/RunCost';
import { MissingData } from '@/panels/data/MissingData';
import { RunObstacles } from '@/panels/run/RunObstacles';
import { SampleStrip } from '@/panels/drawing/SampleStrip';
import classes from '@/features/train/TrainView.module.css';

/** Whether the drawing card stands beside the charts, as in TrainView.module.css. */
const drawCardIsBeside = '(min-width: 75em)';

/** One column, as in TrainView.module.css. */
const oneColumn = '(max-width: 56em)';

function Run() {
  return (
    <div className={classes['run']}>
      <RunBar />
      <MissingData />
      <RunObstacles />
    </div>
  );
}

function Settings() {
  return (
    <div className={classes['settings']}>
      <FastCard />
      <ExperimentPanel />
      <SettingsPanel />
    </div>
  );
}

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

/** The same order for eyes, keyboard and screen reader: on a phone, Start, the curve and the pad come before the settings. */
function PhoneTrainView() {
  return (
    <div className={classes['page']}>
      <Run />
      <div className={classes['charts']}>
        <Charts afterLoss={<DrawCard />} />
        <DoctorPanel />
      </div>
      <Settings />
      <div className={classes['charts']}>
        <Samples />
        <LayerPanel />
        <EnginePanel />
        <CostPanel />
      </div>
    </div>
  );
}

function WideTrainView() {
  return (
    <div className={classes['page']}>
      <Run />
      <Settings />
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

export function TrainView() {
  const isPhone = useMediaQuery(oneColumn, false, { getInitialValueInEffect: false });
  return isPhone ? <PhoneTrainView /> : <WideTrainView />;
}

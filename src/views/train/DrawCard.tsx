/** A small pad beside the curves: one sees the reading change while the network learns. */
import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { canPredict } from '@/store/selectors';
import { useSession } from '@/store/session';
import { DrawingPad } from '@/views/ui/DrawingPad';
import { Panel } from '@/views/ui/Panel';
import { PixelGrid } from '@/views/ui/PixelGrid';
import { PredictionBars } from '@/views/ui/PredictionBars';
import { useDrawingImage } from '@/views/ui/useDrawingImage';
import { usePrediction } from '@/views/ui/usePrediction';
import classes from '@/views/train/TrainView.module.css';

function LiveReading() {
  const { t } = useTranslation('draw');
  const { isEmpty, pixels } = useDrawingImage();
  const answer = usePrediction(isEmpty ? null : pixels);
  const isReady = useSession(canPredict);
  return (
    <div className={classes['reading']}>
      <PixelGrid pixels={pixels} label={t('seen.image')} ink="white_on_black" className={classes['seen']} />
      <div className={classes['bars']}>
        <PredictionBars answer={answer} emptyText={t(isReady ? 'prediction.empty' : 'prediction.waiting')} />
      </div>
    </div>
  );
}

export function DrawCard() {
  const { t } = useTranslation('train');
  const { t: draw } = useTranslation('draw');
  return (
    <Panel
      title={t('drawCard.title')}
      actions={
        <Anchor component={Link} href="/draw" size="sm">
          {draw('openDraw')}
        </Anchor>
      }
    >
      <DrawingPad isCompact />
      <LiveReading />
    </Panel>
  );
}

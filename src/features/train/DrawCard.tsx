/** A small pad beside the curves: one sees the reading change while the network learns. */
import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { canPredict } from '@/session/selectors';
import { useSession } from '@/session/session';
import { DrawingPad } from '@/panels/drawing/DrawingPad';
import { Panel } from '@/ui/layout/Panel';
import { imageFiles } from '@/panels/drawing/imageFiles';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { PredictionBars } from '@/panels/drawing/PredictionBars';
import { useDrawingImage } from '@/panels/drawing/useDrawingImage';
import { usePrediction } from '@/panels/drawing/usePrediction';
import classes from '@/features/train/TrainView.module.css';

function LiveReading({ isEmpty, pixels }: ReturnType<typeof useDrawingImage>) {
  const { t } = useTranslation('draw');
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
  const drawing = useDrawingImage();
  return (
    <Panel
      title={t('drawCard.title')}
      files={imageFiles(drawing.pixels, t('drawCard.title'), {
        label: draw('seen.save'),
        fileName: 'drawing',
      })}
      actions={
        <Anchor component={Link} href="/draw" size="sm">
          {draw('openDraw')}
        </Anchor>
      }
    >
      <DrawingPad isCompact />
      <LiveReading {...drawing} />
    </Panel>
  );
}

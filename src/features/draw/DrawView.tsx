/** Draw a digit and watch the network read it. */
import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { drawingActions } from '@/session/drawing';
import { canPredict } from '@/session/selectors';
import { useSession } from '@/session/session';
import { TellPanel } from '@/features/draw/TellPanel';
import { UntrainedNote } from '@/panels/network/UntrainedNote';
import { isMnist } from '@/model/dataSet';
import { useShownData } from '@/panels/data/useShownData';
import { DrawingPad } from '@/panels/drawing/DrawingPad';
import { CurrentNetwork } from '@/panels/network/CurrentNetwork';
import { Panel } from '@/ui/layout/Panel';
import { imageFiles } from '@/panels/drawing/imageFiles';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { PredictionBars } from '@/panels/drawing/PredictionBars';
import { SampleStrip } from '@/panels/drawing/SampleStrip';
import { useDrawingImage } from '@/panels/drawing/useDrawingImage';
import { usePrediction } from '@/panels/drawing/usePrediction';
import classes from '@/features/draw/DrawView.module.css';

function Reading() {
  const { t } = useTranslation('draw');
  const { isEmpty, pixels } = useDrawingImage();
  const answer = usePrediction(isEmpty ? null : pixels);
  const isReady = useSession(canPredict);
  return (
    <>
      <Panel
        title={t('seen.title')}
        className={classes['seen']}
        files={imageFiles(pixels, t('seen.title'), { label: t('seen.save'), fileName: 'drawing' })}
      >
        <PixelGrid
          pixels={pixels}
          label={t('seen.image')}
          ink="white_on_black"
          className={classes['image']}
        />
        <p className={classes['note']}>{t('seen.hint')}</p>
      </Panel>
      <Panel title={t('prediction.title')} className={classes['prediction']}>
        <PredictionBars answer={answer} emptyText={t(isReady ? 'prediction.empty' : 'prediction.waiting')} />
        <TellPanel />
      </Panel>
    </>
  );
}

function scrollToPad(): void {
  window.scrollTo({ top: 0 });
}

export function DrawView() {
  const { t } = useTranslation('draw');
  const data = useShownData();
  return (
    <div className={classes['page']}>
      <div className={classes['intro']}>
        <Title order={1}>{t(isMnist(data) ? 'title' : 'titleOther')}</Title>
        <p>{t('intro')}</p>
      </div>
      <CurrentNetwork />
      <UntrainedNote />
      <div className={classes['columns']}>
        <Panel className={classes['pad']}>
          <DrawingPad />
        </Panel>
        <Reading />
      </div>
      <SampleStrip
        title={t('samples.title')}
        onPick={(sample) => {
          drawingActions.loadSample(sample);
          scrollToPad();
        }}
      />
    </div>
  );
}

/** Measures the curvature of the network as it stands, while nothing trains it. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { gradientsPerProduct, mostProducts } from '@/model/curvature';
import { followsTraining } from '@/session/selectors';
import { useSession } from '@/session/session';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { curvaturePass, useCurvatureSettings } from '@/features/inspect/landscape/curvaturePass';
import { useSecondsPerImage } from '@/features/inspect/landscape/landscapePass';
import { PassBar } from '@/features/inspect/pass/PassBar';
import { usePass } from '@/features/inspect/pass/usePass';

/** A gradient takes about as long as three readings: forward, and back by the inputs and by the weights. */
const readingsPerGradient = 3;

export function MeasureOnce() {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const { images: wanted } = useCurvatureSettings();
  const most = useSession(({ run }) => run?.config.trainingImages ?? Infinity);
  const images = Math.min(wanted, most);
  const params = useMemo(() => ({ images }), [images]);
  const state = usePass(curvaturePass, params);
  const isTraining = useSession(followsTraining);
  const pace = useSecondsPerImage();
  if (isTraining && state.running === null) return null;
  const readings = mostProducts * gradientsPerProduct * readingsPerGradient * images;
  const count = format.integer(mostProducts);
  const idleText =
    pace === null
      ? t('curvature.onceProducts', { products: count })
      : t('curvature.onceCost', { products: count, time: format.duration(Math.max(1, readings * pace)) });
  return (
    <PassBar
      state={state}
      startText={t('curvature.once')}
      runningText={(share) => t('curvature.measuring', { share })}
      start={() => curvaturePass.start(params)}
      cancel={() => curvaturePass.cancel()}
      step={state.answer?.value.step ?? null}
      isRepeatable
      idleText={idleText}
    />
  );
}

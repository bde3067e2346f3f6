/** Saliency and Grad-CAM: two answers out of one pass of the network there and back. */
import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useClassName } from '@/panels/data/useShownData';
import type { NetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { Panel } from '@/ui/layout/Panel';
import { extentOf } from '@/ui/picture/valueScale';
import { OverlayFigure, OverlayPicture, overlayTable } from '@/features/inspect/why/OverlayFigure';
import { whyChoices } from '@/features/inspect/why/whyChoices';
import classes from '@/features/inspect/why/why.module.css';

interface AnswerProps {
  readonly answer: NetworkAnswer<'explain'>;
}

export function SaliencyPanel({ answer }: AnswerProps) {
  const { t } = useTranslation('inspectWhy');
  const { value, params } = answer;
  const { image: pixels } = params;
  const nameOf = useClassName();
  const names = { digit: nameOf(value.target) };
  const figures = useMemo(() => {
    const { saliency } = value;
    const extent = extentOf(saliency);
    const absolute = saliency.map(Math.abs);
    return [
      {
        overlay: { pixels, values: saliency, extent },
        isSigned: true,
        title: t('saliency.signed'),
        unit: t('saliency.unit'),
      },
      {
        overlay: { pixels, values: absolute, extent },
        isSigned: false,
        title: t('saliency.absolute'),
        unit: t('saliency.size'),
      },
    ] as const;
  }, [value, pixels, t]);
  const [signed, absolute] = figures;
  return (
    <Panel
      title={t('saliency.title')}
      hint={t('saliency.hint', names)}
      files={{
        label: t('saliency.save'),
        fileName: `saliency-${value.target}`,
        picture: <OverlayPicture figures={figures} />,
        table: () => overlayTable({ gradient: value.saliency }, pixels),
      }}
    >
      <div className={classes['figures']}>
        <OverlayFigure {...signed} label={t('saliency.signedAlt', names)} testId="saliency" />
        <OverlayFigure {...absolute} label={t('saliency.absoluteAlt', names)} />
      </div>
    </Panel>
  );
}

interface GradCamProps extends AnswerProps {
  /** Names of the network's convolutions; at least one. */
  readonly layers: readonly string[];
  readonly layer: string;
}

export function GradCamPanel({ answer, layers, layer }: GradCamProps) {
  const { t } = useTranslation('inspectWhy');
  const { value, params } = answer;
  const { gradCam, target } = value;
  const { image: pixels } = params;
  const nameOf = useClassName();
  const names = { digit: nameOf(target), layer: params.layer ?? layer };
  const figures = useMemo(
    () =>
      gradCam === null
        ? []
        : [
            {
              overlay: { pixels, values: gradCam.overImage, extent: extentOf(gradCam.overImage) },
              isSigned: false,
              title: params.layer ?? '',
              unit: t('cam.unit', { height: gradCam.height, width: gradCam.width }),
            },
          ],
    [gradCam, pixels, params.layer, t],
  );
  const isEmpty = figures[0]?.overlay.extent === 0;
  return (
    <Panel
      title={t('cam.title')}
      hint={t('cam.hint', names)}
      files={{
        label: t('cam.save'),
        fileName: `grad-cam-${target}-${names.layer}`,
        picture: <OverlayPicture figures={figures} />,
        table: () => overlayTable({ gradCam: gradCam?.overImage ?? [] }, pixels),
      }}
    >
      <div className={classes['figures']}>
        {figures.map((figure) => (
          <OverlayFigure key="cam" {...figure} label={t('cam.alt', names)} testId="cam" />
        ))}
      </div>
      <div className={classes['controls']}>
        <NativeSelect
          size="xs"
          label={t('cam.layer')}
          value={layer}
          onChange={({ currentTarget }) => whyChoices.setState({ layer: currentTarget.value })}
          data={[...layers]}
          data-testid="cam-layer"
        />
      </div>
      {isEmpty && <p className={classes['note']}>{t('cam.nothing', names)}</p>}
    </Panel>
  );
}

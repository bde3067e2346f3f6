/** Which image is inspected, and what the network reads in it. */
import { Button, FileButton, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inspectedImageActions, useInspectedImage } from '@/session/inspectedImage';
import { canPredict } from '@/session/selectors';
import { useSession } from '@/session/session';
import { useClassName, useShownData } from '@/panels/data/useShownData';
import { DrawingPad } from '@/panels/drawing/DrawingPad';
import { imageFiles } from '@/panels/drawing/imageFiles';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { PredictionBars } from '@/panels/drawing/PredictionBars';
import { usePrediction } from '@/panels/drawing/usePrediction';
import { NumberField } from '@/ui/form/NumberField';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { readImageFile } from '@/features/inspect/image/readImageFile';
import { useImage } from '@/features/inspect/image/useImage';
import classes from '@/features/inspect/image/image.module.css';

/** Never throws: where the images are not there yet, they are asked for again when they come. */
function showTest(index: number): void {
  inspectedImageActions.showTest(index).catch(() => undefined);
}

function TestImage() {
  const { t } = useTranslation('inspect');
  const index = useInspectedImage((state) => state.index);
  const { pixels, label } = useImage();
  const nameOf = useClassName();
  const { testImages } = useShownData();
  const range = { kind: 'integer', min: 0, max: testImages - 1, step: 1, scale: 'linear' } as const;
  return (
    <>
      {pixels !== null && label !== null && (
        <figure className={classes['figure']}>
          <PixelGrid
            pixels={pixels}
            label={t('image.testAlt', { index: String(index), label: nameOf(label) })}
            className={classes['pixels']}
          />
          <figcaption>{t('image.label', { label: nameOf(label) })}</figcaption>
        </figure>
      )}
      <div className={classes['row']} data-unsaved>
        <NumberField
          label={t('image.index')}
          size="xs"
          range={range}
          value={index}
          onChange={showTest}
          hasSteps
          className={classes['index']}
          testId="inspect-index"
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="shuffle" size={14} />}
          onClick={() => showTest(Math.floor(Math.random() * testImages))}
        >
          {t('image.random')}
        </Button>
      </div>
    </>
  );
}

function FileImage() {
  const { t } = useTranslation('inspect');
  const file = useInspectedImage((state) => state.file);
  const [refused, setRefused] = useState<string | null>(null);
  const read = async (chosen: File | null): Promise<void> => {
    if (chosen === null) return;
    try {
      const pixels = await readImageFile(chosen);
      setRefused(null);
      inspectedImageActions.showFile(chosen.name, pixels);
    } catch {
      setRefused(chosen.name);
    }
  };
  return (
    <>
      {file !== null && (
        <figure className={classes['figure']}>
          <PixelGrid
            pixels={file.pixels}
            label={t('image.fileAlt', { name: file.name })}
            className={classes['pixels']}
          />
          <figcaption>{file.name}</figcaption>
        </figure>
      )}
      <FileButton accept="image/*" onChange={(chosen) => void read(chosen)}>
        {(props) => (
          <Button {...props} size="xs" variant="default" leftSection={<Icon name="upload" size={14} />}>
            {t('image.choose')}
          </Button>
        )}
      </FileButton>
      <p className={classes['hint']}>{t('image.fileHint')}</p>
      {refused !== null && (
        <p className={classes['refused']} role="alert">
          {t('image.refused', { name: refused })}
        </p>
      )}
    </>
  );
}

export function ImagePanel() {
  const { t } = useTranslation('inspect');
  const { source, pixels } = useImage();
  const index = useInspectedImage((state) => state.index);
  const answer = usePrediction(pixels);
  const isReady = useSession(canPredict);
  return (
    <Panel
      title={t('image.title')}
      className={classes['panel']}
      files={
        pixels === null
          ? undefined
          : imageFiles(pixels, t('image.title'), {
              label: t('image.save'),
              fileName: source === 'test' ? `test-image-${index}` : source,
            })
      }
    >
      <SegmentedControl
        data-unsaved
        size="xs"
        fullWidth
        aria-label={t('image.source')}
        value={source}
        onChange={inspectedImageActions.showSource}
        data={(['drawing', 'test', 'file'] as const).map((value) => ({
          value,
          label: t(`image.sources.${value}`),
        }))}
      />
      <div className={classes['content']}>
        {source === 'drawing' && <DrawingPad isCompact />}
        {source === 'test' && <TestImage />}
        {source === 'file' && <FileImage />}
      </div>
      <div className={classes['prediction']}>
        <PredictionBars answer={answer} emptyText={t(isReady ? 'image.empty' : 'notReady')} />
      </div>
    </Panel>
  );
}

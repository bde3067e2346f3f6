/** What is convolved: its size, presets, digits, and the value that painting sets. */
import { Button, Fieldset, Select } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inputPresets, type InputPreset } from '@/conv/presets';
import { withChannels, withImage, withInputPreset, withInputSize } from '@/features/convLab/convLabEdits';
import { limits } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { drawing, isEmptyDrawing, networkImage, useDrawing } from '@/session/drawing';
import { shownTestImages } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { ValueField, WholeNumberField } from '@/features/convLab/LabNumberField';
import classes from '@/features/convLab/convLab.module.css';

const presetNames = Object.keys(inputPresets) as InputPreset[];

function TestDigit() {
  const { t } = useTranslation('convLab');
  const count = useSession(shownTestImages);
  const [index, setIndex] = useState(0);
  const [failed, setFailed] = useState(false);
  const load = async (): Promise<void> => {
    try {
      const { images } = await session.actions.testImages([index]);
      setFailed(false);
      lab.actions.edit((document) => withImage(document, images));
    } catch {
      setFailed(true);
    }
  };
  return (
    <div className={classes['inline']}>
      <WholeNumberField
        label={t('input.testDigit')}
        value={index}
        min={0}
        max={Math.max(0, count - 1)}
        disabled={count === 0}
        problem={failed ? t('input.digitFailed') : null}
        onChange={setIndex}
      />
      <Button size="xs" variant="default" disabled={count === 0} onClick={() => void load()}>
        {t('input.load')}
      </Button>
    </div>
  );
}

function DrawnDigit() {
  const { t } = useTranslation('convLab');
  const isEmpty = useDrawing(isEmptyDrawing);
  return (
    <Button
      size="xs"
      variant="default"
      disabled={isEmpty}
      onClick={() => lab.actions.edit((document) => withImage(document, networkImage(drawing.getState())))}
    >
      {isEmpty ? t('input.nothingDrawn') : t('input.drawnDigit')}
    </Button>
  );
}

export function InputControls() {
  const { t } = useTranslation('convLab');
  const [, channels, height, width] = useLab((state) => state.document.input.shape);
  const brush = useLab((state) => state.brush);
  return (
    <Fieldset legend={t('input.title')} className={classes['fieldset'] ?? ''}>
      <div className={classes['buttons']}>
        <Button size="compact-xs" variant="light" onClick={lab.actions.restoreExample}>
          {t('input.report')}
        </Button>
        {presetNames.map((preset) => (
          <Button
            key={preset}
            size="compact-xs"
            variant="default"
            onClick={() => lab.actions.edit((document) => withInputPreset(document, preset))}
          >
            {t(`input.presets.${preset}`)}
          </Button>
        ))}
      </div>
      <div className={classes['fields']}>
        <WholeNumberField
          label={t('input.height')}
          value={height}
          {...limits.size}
          onChange={(value) => lab.actions.edit((document) => withInputSize(document, value, width))}
        />
        <WholeNumberField
          label={t('input.width')}
          value={width}
          {...limits.size}
          onChange={(value) => lab.actions.edit((document) => withInputSize(document, height, value))}
        />
        <Select
          size="xs"
          label={t('channels.label')}
          allowDeselect={false}
          value={String(channels)}
          data={Array.from({ length: Math.max(channels, limits.channels.max) }, (_value, k) => String(k + 1))}
          onChange={(value) => lab.actions.edit((document) => withChannels(document, Number(value)))}
        />
        <ValueField label={t('input.brush')} value={brush} onChange={lab.actions.setBrush} />
      </div>
      <TestDigit />
      <DrawnDigit />
    </Fieldset>
  );
}

/** Play, step, scrub, speed, loop. */
import { ActionIcon, Button, Select, Slider, Switch, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { stageLength } from '@/features/convLab/convLabDerived';
import { speeds } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { Icon } from '@/ui/icons/icons';
import { TransportIcon, type TransportIconName } from '@/features/convLab/TransportIcon';
import classes from '@/features/convLab/convLab.module.css';

function StepButton({
  label,
  icon,
  disabled,
  onClick,
}: {
  readonly label: string;
  readonly icon: TransportIconName;
  readonly disabled: boolean;
  readonly onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={36} aria-label={label} disabled={disabled} onClick={onClick}>
        <TransportIcon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

function SpeedSelect() {
  const { t } = useTranslation('convLab');
  const speed = useLab((state) => state.speed);
  return (
    <Select
      size="xs"
      w={128}
      allowDeselect={false}
      aria-label={t('transport.speed')}
      value={String(speed)}
      data={speeds.map((value, index) => ({
        value: String(index),
        label: value === null ? t('transport.instant') : t('transport.perSecond', { value }),
      }))}
      onChange={(value) => lab.actions.setSpeed(Number(value))}
    />
  );
}

export function Transport() {
  const { t } = useTranslation('convLab');
  const document = useLab((state) => state.document);
  const playing = useLab((state) => state.playing);
  const loop = useLab((state) => state.loop);
  const total = stageLength(document);
  const step = Math.min(document.steps[document.stage], total);
  const { advance, seek, seekCell, play, pause } = lab.actions;
  const isStart = step === 0;
  const isEnd = step >= total;
  return (
    <section className={classes['transport']} aria-label={t('transport.label')}>
      <Button
        size="sm"
        disabled={total === 0}
        leftSection={<Icon name={playing ? 'pause' : 'play'} size={16} />}
        onClick={playing ? pause : play}
      >
        {playing ? t('transport.pause') : t('transport.play')}
      </Button>
      <div className={classes['stepButtons']}>
        <StepButton
          label={t('transport.toStart')}
          icon="toStart"
          disabled={isStart}
          onClick={() => seek(0)}
        />
        <StepButton
          label={t('transport.cellBack')}
          icon="cellBack"
          disabled={isStart}
          onClick={() => seekCell(-1)}
        />
        <StepButton
          label={t('transport.back')}
          icon="back"
          disabled={isStart}
          onClick={() => seek(step - 1)}
        />
        <StepButton
          label={t('transport.forward')}
          icon="forward"
          disabled={isEnd}
          onClick={() => advance(1)}
        />
        <StepButton
          label={t('transport.cellForward')}
          icon="cellForward"
          disabled={isEnd}
          onClick={() => seekCell(1)}
        />
        <StepButton label={t('transport.toEnd')} icon="toEnd" disabled={isEnd} onClick={() => seek(total)} />
      </div>
      <Slider
        className={classes['scrubber']}
        min={0}
        max={Math.max(1, total)}
        step={1}
        value={step}
        label={null}
        disabled={total === 0}
        thumbLabel={t('transport.scrub')}
        onChange={seek}
      />
      <span className={classes['stepCount']} data-step={step} data-total={total}>
        {t('transport.count', { step, total })}
      </span>
      <SpeedSelect />
      <Switch
        size="xs"
        label={t('transport.loop')}
        checked={loop}
        onChange={(event) => lab.actions.setLoop(event.currentTarget.checked)}
      />
    </section>
  );
}

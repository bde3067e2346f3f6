/** Trains with own drawings among the training images: how often each, and the way on. */
import { Button, Group, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { mostImages, type DataSpec } from '@/model/dataSet';
import { labelledImages, type OwnDrawing } from '@/session/ownDrawings';
import { hasWorker } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/data/data.module.css';

/** Drawings are a tenth of what is trained on, unless told otherwise: seen, and not the whole. A few are not learned by heart. */
const usualShare = 0.1;
const usualCopies = 100;
const mostCopies = 1000;

export interface MixPanelProps {
  readonly data: DataSpec;
  readonly drawings: readonly OwnDrawing[];
}

export function MixPanel({ data, drawings }: MixPanelProps) {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  const [, navigate] = useLocation();
  const isThere = useSession(hasWorker);
  const mixedIn = useSession(({ draft }) => draft.data?.drawings);
  const { length: count } = drawings;
  const { drawings: _, ...base } = data;
  const most = Math.max(1, Math.min(mostCopies, Math.floor((mostImages - base.trainingImages) / count)));
  const share = Math.round((usualShare * base.trainingImages) / (1 - usualShare) / count);
  const usual = Math.min(usualCopies, share);
  const [typed, setTyped] = useState<number | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const copies = Math.min(most, Math.max(1, typed ?? mixedIn?.copies ?? usual));
  const added = count * copies;
  const all = base.trainingImages + added;
  const mix = async (then: 'train' | 'stay'): Promise<void> => {
    setFailure(null);
    try {
      const sha256 = await session.actions.ask('keepDrawings', { drawings: labelledImages(drawings) });
      session.actions.chooseData({ ...base, drawings: { sha256, count, copies } });
      if (then === 'stay') return;
      navigate('/');
      session.actions.start();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section className={classes['mix']} aria-labelledby="mix-title">
      <h3 id="mix-title" className={classes['subtitle']}>
        {t('mix.title')}
      </h3>
      <p className={classes['text']}>{t('mix.text')}</p>
      <div className={classes['row']}>
        <NumberInput
          size="xs"
          label={t('mix.copies')}
          className={classes['share']}
          min={1}
          max={most}
          allowDecimal={false}
          value={copies}
          onChange={(value) => setTyped(typeof value === 'number' ? value : null)}
        />
        <span className={classes['text']}>
          {t('mix.share', {
            added: format.integer(added),
            all: format.integer(all),
            percent: format.percent(added / all, 1),
          })}
        </span>
      </div>
      <Group gap="xs">
        <Button size="xs" disabled={!isThere} onClick={() => void mix('train')}>
          {t('mix.start')}
        </Button>
        <Button size="xs" variant="default" disabled={!isThere} onClick={() => void mix('stay')}>
          {t('mix.settingsOnly')}
        </Button>
        {mixedIn !== undefined && (
          <Button size="xs" variant="default" onClick={() => session.actions.chooseData(base)}>
            {t('mix.without')}
          </Button>
        )}
      </Group>
      <output className={classes['text']}>
        {mixedIn !== undefined && t('mix.isSet', { count: mixedIn.count })}
      </output>
      {failure !== null && <ErrorAlert title={t('tell.failed')} detail={failure} />}
    </section>
  );
}

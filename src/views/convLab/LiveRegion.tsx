/** Says the current product and sum to screen readers; while it plays fast, only now and then. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { VisuallyHidden } from '@mantine/core';
import { useLab } from '@/store/convLabStore';
import { stepFacts } from '@/views/convLab/stepFacts';

/** Shortest time between two announcements while playing, in ms. */
const spoken = 2000;

function useAnnouncement(): string {
  const { t } = useTranslation('convLab');
  const document = useLab((state) => state.document);
  const facts = stepFacts(document);
  if (facts === null) return t('announce.misfit');
  const { announcement } = facts;
  switch (announcement.key) {
    case 'ready':
      return t('announce.ready', announcement.values);
    case 'product':
      return t('announce.product', announcement.values);
    case 'landed':
      return t('announce.landed', announcement.values);
    case 'gradient':
      return t('announce.gradient', announcement.values);
    case 'relu':
      return t('announce.relu', announcement.values);
    case 'pool':
      return t('announce.pool', announcement.values);
    default:
      return announcement satisfies never;
  }
}

export function LiveRegion() {
  const text = useAnnouncement();
  const playing = useLab((state) => state.playing);
  const [said, setSaid] = useState('');
  const lastTime = useRef(0);
  useEffect(() => {
    const wait = playing ? Math.max(0, lastTime.current + spoken - performance.now()) : 0;
    const timer = setTimeout(() => {
      lastTime.current = performance.now();
      setSaid(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, playing]);
  return (
    <VisuallyHidden component="output" aria-live="polite" data-live>
      {said}
    </VisuallyHidden>
  );
}

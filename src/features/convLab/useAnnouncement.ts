/** The sentence that says what a step does, for screen readers and under exported pictures. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { LabDocument } from '@/features/convLab/convLabState';
import { stepFacts } from '@/features/convLab/stepFacts';

export function useAnnouncement(): (document: LabDocument) => string {
  const { t } = useTranslation('convLab');
  return useCallback(
    (document) => {
      const facts = stepFacts(document);
      if (facts === null) return t('announce.misfit');
      const { announcement } = facts;
      switch (announcement.key) {
        case 'ready':
          return t('announce.ready', announcement.values);
        case 'readyUnread':
          return t('announce.readyUnread', announcement.values);
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
        case 'added':
          return t('announce.added', announcement.values);
        case 'averaged':
          return t('announce.averaged', announcement.values);
        default:
          return announcement satisfies never;
      }
    },
    [t],
  );
}

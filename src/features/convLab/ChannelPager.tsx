/** Layers of a network have more channels than a page: one is shown, the one being read, and these buttons go to others. */
import { ActionIcon, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { lab } from '@/features/convLab/convLabStore';
import { type ConvStageModel, mostChannelsShown } from '@/features/convLab/stageModels';

export function ChannelPager({ conv, model }: { readonly conv: Convolved; readonly model: ConvStageModel }) {
  const { t } = useTranslation('convLab');
  const { channels, windowLength } = conv.trace.geometry;
  if (channels <= mostChannelsShown) return null;
  const channel = model.channels[0] ?? 0;
  const start = model.window[0]?.index ?? 0;
  const perChannel = windowLength / channels;
  const go = (to: number): void => lab.actions.seek(start + ((to + channels) % channels) * perChannel + 1);
  return (
    <Group gap="xs">
      <ActionIcon variant="default" aria-label={t('channels.previous')} onClick={() => go(channel - 1)}>
        ‹
      </ActionIcon>
      <Text size="sm">{t('channels.position', { channel: channel + 1, of: channels })}</Text>
      <ActionIcon variant="default" aria-label={t('channels.next')} onClick={() => go(channel + 1)}>
        ›
      </ActionIcon>
    </Group>
  );
}

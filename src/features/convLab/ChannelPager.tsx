/** Layers of a network have more channels than a page: one is shown, the one being read, and these buttons go to others. */
import { ActionIcon, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Convolved } from '@/features/convLab/convLabDerived';
import { lab } from '@/features/convLab/convLabStore';
import { type ConvStageModel, mostChannelsShown } from '@/features/convLab/stageModels';

export function ChannelPager({ conv, model }: { readonly conv: Convolved; readonly model: ConvStageModel }) {
  const { t } = useTranslation('convLab');
  const { channels, channelsOfGroup, windowLength } = conv.trace.geometry;
  if (channels <= mostChannelsShown) return null;
  const channel = model.channels[0] ?? 0;
  const [first] = model.window;
  const perChannel = windowLength / channelsOfGroup;
  // Around among the channels that the filter reads.
  const go = (by: number): void => {
    const next = (channel + by - (first?.channel ?? 0) + channelsOfGroup) % channelsOfGroup;
    lab.actions.seek((first?.index ?? 0) + next * perChannel + 1);
  };
  return (
    <Group gap="xs">
      <ActionIcon variant="default" aria-label={t('channels.previous')} onClick={() => go(-1)}>
        ‹
      </ActionIcon>
      <Text size="sm">{t('channels.position', { channel: channel + 1, of: channels })}</Text>
      <ActionIcon variant="default" aria-label={t('channels.next')} onClick={() => go(1)}>
        ›
      </ActionIcon>
    </Group>
  );
}

/** The draft's network: its architecture, its layers in numbers, its weights; and the editor to build one. */
import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/views/ui/Panel';
import { WeightFiles } from '@/views/ui/WeightFiles';

export function NetworkView() {
  const { t } = useTranslation('network');
  return (
    <>
      <Title order={1}>{t('title')}</Title>
      <Panel title={t('weights.title')} hint={t('weights.hint')}>
        <WeightFiles />
      </Panel>
    </>
  );
}

/** Turns the run at hand into a lab report, with room for a person's own words. */
import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { LabReportForm } from '@/features/train/labReport/LabReportForm';
import { canPredict } from '@/session/selectors';
import { useSession } from '@/session/session';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';

export function LabReportPanel() {
  const { t } = useTranslation('labReport');
  const [isOpen, { open, close }] = useDisclosure(false);
  const isThere = useSession((state) => canPredict(state) && (state.run?.step ?? 0) > 0);
  return (
    <Panel
      title={t('title')}
      hint={t('hint')}
      actions={
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="download" size={14} />}
          disabled={!isThere}
          onClick={open}
        >
          {t('write')}
        </Button>
      }
    >
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('title')}
        size="lg"
        styles={{ title: { fontWeight: 620 } }}
        // A header in a dialog would be a second banner of the page.
        attributes={{ header: { role: 'presentation' } }}
        closeButtonProps={{ 'aria-label': t('form.close') }}
      >
        <LabReportForm />
      </Modal>
    </Panel>
  );
}

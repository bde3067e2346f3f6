/** The menu of all formats that the network and the run at hand can be saved in. */
import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { exportFormat, exportFormatIds, type ExportFormatId } from '@/formats/exportFormats';
import { canExport, hasWorker } from '@/session/selectors';
import { useSession } from '@/session/session';
import { Icon } from '@/ui/icons/icons';
import classes from '@/panels/weights/WeightFiles.module.css';

function FormatItem({
  format,
  onChoose,
}: {
  readonly format: ExportFormatId;
  readonly onChoose: () => void;
}) {
  const { t } = useTranslation('weights');
  const isThere = useSession((state) => canExport(state, exportFormat(format)));
  return (
    <Menu.Item disabled={!isThere} onClick={onChoose} data-format={format}>
      {t(`formats.${format}.name`)}
      <span className={classes['formatHint']}>{t(`formats.${format}.hint`)}</span>
    </Menu.Item>
  );
}

export function SaveAsMenu({
  isBusy,
  onChoose,
}: {
  readonly isBusy: boolean;
  readonly onChoose: (format: ExportFormatId) => void;
}) {
  const { t } = useTranslation('weights');
  const isThere = useSession(hasWorker);
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          rightSection={<Icon name="chevronDown" size={16} />}
          disabled={!isThere || isBusy}
        >
          {t('saveAs')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes['formats']}>
        {exportFormatIds.map((format) => (
          <FormatItem key={format} format={format} onChoose={() => onChoose(format)} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

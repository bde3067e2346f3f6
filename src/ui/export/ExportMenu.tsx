/** The button that saves what its frame shows: a picture as PNG and SVG, a table as CSV. */
import { ActionIcon, Menu } from '@mantine/core';
import { memo, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ExportFiles, exportKinds, type ExportKind, saveExport } from '@/ui/export/exportFiles';
import { Icon } from '@/ui/icons/icons';

interface KindMenuProps {
  readonly label: string;
  readonly isDisabled: boolean;
  readonly hasPicture: boolean;
  readonly hasTable: boolean;
  readonly onSave: (kind: ExportKind) => void;
}

/** Stays as it is while what it saves changes, ten times a second in a chart. */
const KindMenu = memo(function KindMenu({ label, isDisabled, hasPicture, hasTable, onSave }: KindMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size="md" aria-label={label} title={label} disabled={isDisabled}>
          <Icon name="download" size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {exportKinds(hasPicture, hasTable).map((kind) => (
          <Menu.Item key={kind} onClick={() => onSave(kind)}>
            {t(`export.${kind}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
});

export interface ExportMenuProps {
  readonly files: ExportFiles;
  readonly region: RefObject<Element | null>;
}

export function ExportMenu({ files, region }: ExportMenuProps) {
  const { t } = useTranslation();
  const [hasFailed, setHasFailed] = useState(false);
  const latest = useRef(files);
  useEffect(() => {
    latest.current = files;
  });
  const save = useCallback(
    (kind: ExportKind): void => {
      setHasFailed(false);
      saveExport(kind, latest.current, region.current).catch(() => setHasFailed(true));
    },
    [region],
  );
  return (
    <>
      {hasFailed && <span role="alert">{t('export.failed')}</span>}
      <KindMenu
        label={files.label}
        isDisabled={files.isDisabled === true}
        hasPicture={files.picture !== undefined}
        hasTable={files.table !== undefined}
        onSave={save}
      />
    </>
  );
}

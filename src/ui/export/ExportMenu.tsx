/** What stands in a panel as a file: its picture as PNG and SVG, its table as CSV. */
import { ActionIcon, Menu } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { csvOf, type CsvCell } from '@/ui/export/csv';
import { download } from '@/ui/export/download';
import { pngOf, svgSource } from '@/ui/export/pictureFiles';
import { Icon } from '@/ui/icons/icons';

export interface ExportTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

export interface ExportMenuProps {
  /** What it is, for screen readers: "Save the confusion matrix". */
  readonly label: string;
  /** Without an ending. */
  readonly fileName: string;
  /** An <svg> as `svgSource` takes it; rendered when a file is made. */
  readonly picture?: ReactElement;
  /** Asked for when a file is made. */
  readonly table?: () => ExportTable;
  readonly disabled?: boolean;
}

type Kind = 'png' | 'svg' | 'csv';

async function save(kind: Kind, { fileName, picture, table }: ExportMenuProps): Promise<void> {
  if (kind === 'csv') {
    if (table === undefined) return;
    const { header, rows } = table();
    download(`${fileName}.csv`, csvOf(header, rows), 'text/csv');
  } else if (picture !== undefined) {
    const source = svgSource(picture);
    if (kind === 'svg') download(`${fileName}.svg`, source, 'image/svg+xml');
    else download(`${fileName}.png`, await pngOf(source), 'image/png');
  }
}

export function ExportMenu(props: ExportMenuProps) {
  const { t } = useTranslation();
  const [hasFailed, setHasFailed] = useState(false);
  const { label, picture, table, disabled = false } = props;
  const kinds: readonly Kind[] = [
    ...(picture === undefined ? [] : (['png', 'svg'] as const)),
    ...(table === undefined ? [] : (['csv'] as const)),
  ];
  const start = async (kind: Kind): Promise<void> => {
    setHasFailed(false);
    try {
      await save(kind, props);
    } catch {
      setHasFailed(true);
    }
  };
  return (
    <>
      {hasFailed && <span role="alert">{t('export.failed')}</span>}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" size="md" aria-label={label} title={label} disabled={disabled}>
            <Icon name="download" size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {kinds.map((kind) => (
            <Menu.Item key={kind} onClick={() => void start(kind)}>
              {t(`export.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

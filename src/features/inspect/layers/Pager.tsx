/** Turns the pages of what is too much for one sheet. */
import { ActionIcon } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/ui/icons/icons';
import classes from '@/features/inspect/layers/layers.module.css';

export interface PagerProps {
  /** What is turned, such as `Maps of conv1`. */
  readonly label: string;
  readonly page: number;
  readonly pages: number;
  /** What is on this page: `1–32 of 64`. */
  readonly text: string;
  readonly onTurn: (page: number) => void;
}

export function Pager({ label, page, pages, text, onTurn }: PagerProps) {
  const { t } = useTranslation('inspectLayers');
  if (pages <= 1) return null;
  return (
    <fieldset className={classes['pager']} aria-label={label}>
      <ActionIcon
        size="sm"
        variant="default"
        aria-label={t('previousPage')}
        disabled={page === 0}
        onClick={() => onTurn(page - 1)}
      >
        <span className={classes['left']}>
          <Icon name="chevronDown" size={14} />
        </span>
      </ActionIcon>
      <span>{text}</span>
      <ActionIcon
        size="sm"
        variant="default"
        aria-label={t('nextPage')}
        disabled={page >= pages - 1}
        onClick={() => onTurn(page + 1)}
      >
        <span className={classes['right']}>
          <Icon name="chevronDown" size={14} />
        </span>
      </ActionIcon>
    </fieldset>
  );
}

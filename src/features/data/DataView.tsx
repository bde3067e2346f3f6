/** Data sets: which are here, and how to bring one's own. */
import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DrawingsPanel } from '@/features/data/DrawingsPanel';
import { ImportPanel } from '@/features/data/ImportPanel';
import { KeptSets } from '@/features/data/KeptSets';
import { MissingData } from '@/panels/data/MissingData';
import classes from '@/features/data/data.module.css';

export function DataView() {
  const { t } = useTranslation('data');
  return (
    <div className={classes['page']}>
      <div className={classes['intro']}>
        <Title order={1}>{t('title')}</Title>
        <p>{t('intro')}</p>
      </div>
      <MissingData />
      <div className={classes['columns']}>
        <KeptSets />
        <div className={classes['stack']}>
          <ImportPanel />
          <DrawingsPanel />
        </div>
      </div>
    </div>
  );
}

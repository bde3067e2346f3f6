/** Whose work is served with the app, and under which licence: the list that the build made, read when the page is opened. */
import { Loader, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { assertNever } from '@/model/layers';
import { type Licence, useLicences } from '@/features/licences/useLicences';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/licences/licences.module.css';

function LicenceEntry({ licence: { name, version, license, text } }: { readonly licence: Licence }) {
  return (
    <li>
      <details>
        <summary className={classes['summary']}>
          <span className={classes['name']}>{name}</span>
          <span className={classes['version']}>{version}</span>
          <span>{license}</span>
        </summary>
        {/* Licences are legal texts: they stay in the language and the lines of their authors. */}
        <pre className={classes['text']} lang="en" translate="no">
          {text}
        </pre>
      </details>
    </li>
  );
}

function LicenceEntries() {
  const { t } = useTranslation('licences');
  const { t: tCommon } = useTranslation();
  const { list, retry } = useLicences();
  switch (list.kind) {
    case 'loading':
      return <Loader size="sm" aria-label={t('loading')} />;
    case 'failed':
      return (
        <ErrorAlert
          title={t('failed')}
          detail={list.message}
          action={{ label: tCommon('retry'), onClick: retry }}
        >
          {t(import.meta.env.DEV ? 'onlyInBuild' : 'failedText')}
        </ErrorAlert>
      );
    case 'ready':
      return (
        <ul className={classes['list']}>
          {list.licences.map((licence) => (
            <LicenceEntry key={`${licence.name} ${licence.version ?? ''}`} licence={licence} />
          ))}
        </ul>
      );
    default:
      return assertNever(list);
  }
}

export function LicencesView() {
  const { t } = useTranslation('licences');
  return (
    <div className={classes['page']}>
      <header>
        <Title order={1}>{t('title')}</Title>
        <p className={classes['intro']}>{t('intro')}</p>
        <p className={classes['intro']}>{t('data')}</p>
      </header>
      <Panel title={t('packages')} hint={t('hint')}>
        <LicenceEntries />
      </Panel>
    </div>
  );
}

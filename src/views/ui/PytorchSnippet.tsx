/** A few lines of Python that open a saved file, folded away until asked for. */
import { Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/views/ui/icons';
import { pytorchSnippet } from '@/views/ui/weightFile';
import classes from '@/views/ui/WeightFiles.module.css';

export function PytorchSnippet({ fileName }: { readonly fileName: string }) {
  const { t } = useTranslation('network');
  const code = pytorchSnippet(fileName);
  return (
    <details className={classes['details']}>
      <summary>{t('weights.pytorch')}</summary>
      <div className={classes['code']}>
        {/* Scrolls sideways on a phone, so it must take the keyboard's focus. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre tabIndex={0} aria-label={t('weights.pytorch')}>
          {code}
        </pre>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" className={classes['copy']} onClick={copy}>
              {copied && <Icon name="check" size={12} />}
              {copied ? t('weights.copied') : t('weights.copy')}
            </Button>
          )}
        </CopyButton>
      </div>
    </details>
  );
}

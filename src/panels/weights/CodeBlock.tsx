/** Lines of code with a button that copies them. */
import { Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/ui/icons/icons';
import classes from '@/panels/weights/WeightFiles.module.css';

export function CodeBlock({ code, label }: { readonly code: string; readonly label: string }) {
  const { t } = useTranslation('weights');
  return (
    <div className={classes['code']}>
      {/* Scrolls sideways on a phone, so it must take the keyboard's focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" className={classes['copy']} onClick={copy}>
            {copied && <Icon name="check" size={12} />}
            {copied ? t('copied') : t('copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

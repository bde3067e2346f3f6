/** A few lines of Python that open saved files, folded away until asked for. */
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '@/panels/weights/CodeBlock';
import { pytorchSnippet } from '@/panels/weights/weightFile';
import classes from '@/panels/weights/WeightFiles.module.css';

export function PytorchSnippet({ stem }: { readonly stem: string }) {
  const { t } = useTranslation('weights');
  return (
    <details className={classes['details']}>
      <summary>{t('pytorch')}</summary>
      <CodeBlock code={pytorchSnippet(stem)} label={t('pytorch')} />
    </details>
  );
}

/** Why files make no data set, in words. */
import { useTranslation } from 'react-i18next';
import type { DataProblem } from '@/model/dataImport';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';

function useProblemText(): (problem: DataProblem) => string {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  return (problem) => {
    switch (problem.kind) {
      case 'nothing':
      case 'no_test':
      case 'full':
        return t(`problems.${problem.kind}`);
      case 'unreadable':
      case 'too_large':
      case 'not_image':
      case 'blank':
        return t(`problems.${problem.kind}`, { file: problem.file });
      case 'not_idx':
        return t('problems.not_idx', { file: problem.file, start: problem.start });
      case 'not_bytes':
        return t('problems.not_bytes', { file: problem.file, type: problem.type });
      case 'length':
        return t('problems.length', {
          file: problem.file,
          expected: format.integer(problem.expected),
          found: format.integer(problem.found),
        });
      case 'rank':
        return t('problems.rank', { file: problem.file, rank: format.integer(problem.rank) });
      case 'unpaired':
        return problem.wanted === 'images'
          ? t('problems.unpairedImages', { file: problem.file })
          : t('problems.unpairedLabels', { file: problem.file });
      case 'counts':
        return t('problems.counts', {
          file: problem.file,
          other: problem.other,
          images: format.integer(problem.images),
          labels: format.integer(problem.labels),
        });
      case 'label':
        return t('problems.label', {
          file: problem.file,
          label: format.integer(problem.label),
          index: format.integer(problem.index),
        });
      case 'classes':
        return problem.count === 0
          ? t('problems.noFolders')
          : t('problems.classes', { count: problem.count });
      case 'empty_class':
        return t('problems.empty_class', { name: problem.name });
      default:
        return problem satisfies never;
    }
  };
}

export function ImportProblem({ problem }: { readonly problem: DataProblem }) {
  const { t } = useTranslation('data');
  const text = useProblemText();
  return <ErrorAlert title={t('problems.title')}>{text(problem)}</ErrorAlert>;
}

/** Why a layer does not fit, in words, and the button that fixes it. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LayerProblem, LayerFix } from '@/model/networkCheck';
import { useFieldName } from '@/features/network/LayerFields';
import { Icon } from '@/ui/icons/icons';
import { shapeProblemText } from '@/ui/text/shapeProblemText';
import classes from '@/features/network/build.module.css';

function useFixText(): (fix: LayerFix) => string {
  const { t } = useTranslation('network');
  const fieldName = useFieldName();
  return (fix) => {
    switch (fix.kind) {
      case 'set':
        return t('build.fixSet', { field: fieldName(fix.field), value: String(fix.value) });
      case 'insert':
        return t('build.fixInsert', { kind: fix.layer.kind });
      case 'remove':
        return t('build.fixRemove');
      default:
        return fix satisfies never;
    }
  };
}

export interface ProblemLineProps {
  readonly id: string;
  readonly problem: LayerProblem;
  readonly onFix: (fix: LayerFix) => void;
}

export function ProblemLine({ id, problem, onFix }: ProblemLineProps) {
  const { t } = useTranslation('network');
  const fixText = useFixText();
  const { fix } = problem;
  return (
    <div className={classes['problem']} data-testid="layer-problem">
      <Icon name="warning" size={16} />
      <p id={id}>{shapeProblemText(t, problem)}</p>
      {fix !== null && (
        <Button size="compact-xs" aria-describedby={id} onClick={() => onFix(fix)}>
          {fixText(fix)}
        </Button>
      )}
    </div>
  );
}

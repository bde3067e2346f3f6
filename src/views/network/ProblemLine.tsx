/** Why a layer does not fit, in words, and the button that mends it. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LayerProblem, Mend } from '@/model/networkCheck';
import { useFieldName } from '@/views/network/LayerFields';
import { Icon } from '@/views/ui/icons';
import { shapeProblemText } from '@/views/ui/shapeProblemText';
import classes from '@/views/network/build.module.css';

function useMendText(): (mend: Mend) => string {
  const { t } = useTranslation('network');
  const fieldName = useFieldName();
  return (mend) => {
    switch (mend.kind) {
      case 'set':
        return t('build.mendSet', { field: fieldName(mend.field), value: String(mend.value) });
      case 'insert':
        return t('build.mendInsert', { kind: mend.layer.kind });
      case 'remove':
        return t('build.mendRemove');
      default:
        return mend satisfies never;
    }
  };
}

export interface ProblemLineProps {
  readonly id: string;
  readonly problem: LayerProblem;
  readonly onMend: (mend: Mend) => void;
}

export function ProblemLine({ id, problem, onMend }: ProblemLineProps) {
  const { t } = useTranslation('network');
  const mendText = useMendText();
  const { mend } = problem;
  return (
    <div className={classes['problem']} data-testid="layer-problem">
      <Icon name="warning" size={16} />
      <p id={id}>{shapeProblemText(t, problem)}</p>
      {mend !== null && (
        <Button size="compact-xs" aria-describedby={id} onClick={() => onMend(mend)}>
          {mendText(mend)}
        </Button>
      )}
    </div>
  );
}

/** The output's size: the operator's formula, and the same with this lab's numbers. */
import { useTranslation } from 'react-i18next';
import { sizeFormula } from '@/conv/formula';
import { useLab } from '@/features/convLab/convLabStore';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/convLab/convLab.module.css';

export function FormulaPanel() {
  const { t } = useTranslation('convLab');
  const input = useLab((state) => state.document.input.shape);
  const kernel = useLab((state) => state.document.kernel.shape);
  const settings = useLab((state) => state.document.settings);
  const formula = sizeFormula([input[2], input[3]], [kernel[2], kernel[3]], settings);
  const axes = [
    { axis: t('formula.rows'), filled: formula.rows },
    { axis: t('formula.columns'), filled: formula.columns },
  ];
  return (
    <Panel title={t('formula.title')} hint={t(`operators.${settings.operator}.hint`)}>
      <div className={classes['formula']}>
        <code>{formula.symbolic}</code>
        {axes.map(({ axis, filled }) => (
          <div key={axis} className={classes['formulaAxis']}>
            <span>{axis}</span>
            <code>
              {filled.substituted}
              <br />= {filled.reduced} = <strong>{filled.result}</strong>
            </code>
          </div>
        ))}
        {settings.padding === 'same' && <p className={classes['formulaReport']}>{t('formula.same')}</p>}
        {formula.report !== null && (
          <p className={classes['formulaReport']}>
            {t('formula.report')} <code>{formula.report}</code> → <code>{formula.rows.report}</code> ={' '}
            {formula.rows.result}
          </p>
        )}
      </div>
    </Panel>
  );
}

/** What the doctor has to say about the current run. */
import { useTranslation } from 'react-i18next';
import { diagnosisIds } from '@/doctor/rules';
import { useSession } from '@/session/session';
import { DiagnosisCard } from '@/features/train/DiagnosisCard';
import { useDiagnosisText } from '@/features/train/useDiagnosisText';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/train/doctor.module.css';

export function DoctorPanel() {
  const { t } = useTranslation('doctor');
  const text = useDiagnosisText();
  const hasBegun = useSession(({ run }) => (run?.step ?? 0) > 0);
  const diagnoses = useSession((state) => state.diagnoses);
  const [first] = diagnoses;
  return (
    <Panel title={t('title')}>
      <output className={classes['announced']}>
        {first === undefined ? '' : t('found', { title: text.part(first, 'title') })}
      </output>
      {first === undefined ? (
        <p className={classes['none']}>{t(hasBegun ? 'none' : 'waiting', { count: diagnosisIds.length })}</p>
      ) : (
        <ul className={classes['list']} data-testid="diagnoses">
          {diagnoses.map((diagnosis) => (
            <DiagnosisCard
              key={diagnosis.id}
              diagnosis={diagnosis}
              text={text}
              isFirst={diagnosis === first}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** One finding of the doctor: what, how it shows, why, and the way out. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Diagnosis } from '@/doctor/diagnosis';
import { rules } from '@/doctor/rules';
import type { RunConfig } from '@/model/runConfig';
import { earliestStep, isBranchable } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { shownStep, type DiagnosisText } from '@/features/train/useDiagnosisText';
import { dropTypedText } from '@/features/train/typedFields';
import { useClassName } from '@/panels/data/useShownData';
import { Formula } from '@/ui/text/Formula';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/doctor.module.css';

const shownLayers = 6;

function Concerned({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const { t } = useTranslation('doctor');
  const { layers, digits, id } = diagnosis;
  const nameOf = useClassName();
  const hidden = layers.length - shownLayers;
  if (layers.length + digits.length === 0) return null;
  return (
    <dl className={classes['concerned']}>
      {digits.length > 0 && (
        <>
          <dt>{t(id === 'classes_never_predicted' ? 'digitsUnpredicted' : 'digitsWrong')}</dt>
          <dd data-testid={`doctor-digits-${id}`}>{digits.map(nameOf).join(', ')}</dd>
        </>
      )}
      {layers.length > 0 && (
        <>
          <dt>{t('layers')}</dt>
          <dd>
            {layers.slice(0, shownLayers).map((layer) => (
              <code key={layer}>{layer}</code>
            ))}
            {hidden > 0 && <span>{t('moreLayers', { count: hidden })}</span>}
          </dd>
        </>
      )}
    </dl>
  );
}

/** The same change from where the fault began: what went well before stays. */
function FromFault({ diagnosis, config }: { readonly diagnosis: Diagnosis; readonly config: RunConfig }) {
  const { t } = useTranslation('doctor');
  const format = useNumberFormat();
  const { step } = diagnosis;
  // Without the run's data no step of it can be computed again.
  const isPossible = useSession(
    (state) =>
      isBranchable(state, config, step) &&
      state.runWithoutData !== state.run?.runId &&
      step > earliestStep(state) &&
      step < (state.run?.step ?? 0),
  );
  if (!isPossible) return null;
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => {
        session.actions.branchWith(step, config);
        dropTypedText();
      }}
      data-testid={`branch-${diagnosis.id}`}
    >
      {t('applyFrom', { step: format.integer(step) })}
    </Button>
  );
}

export function DiagnosisCard({
  diagnosis,
  text,
  isFirst,
}: {
  readonly diagnosis: Diagnosis;
  readonly text: DiagnosisText;
  readonly isFirst: boolean;
}) {
  const { t } = useTranslation('doctor');
  const format = useNumberFormat();
  const { id, severity, fix } = diagnosis;
  return (
    <li className={classes['card']} data-severity={severity} data-testid={`diagnosis-${id}`}>
      <div className={classes['head']}>
        <h3 className={classes['title']}>{text.part(diagnosis, 'title')}</h3>
        <span className={classes['badge']}>{t(severity)}</span>
        <span className={classes['since']}>{t('since', { step: format.integer(shownStep(diagnosis)) })}</span>
      </div>
      <p className={classes['evidence']}>{text.part(diagnosis, 'evidence')}</p>
      <Concerned diagnosis={diagnosis} />
      <details className={classes['why']} open={isFirst}>
        <summary>{t('why')}</summary>
        <p>
          {text.part(diagnosis, 'why1')} {text.part(diagnosis, 'why2')} {text.part(diagnosis, 'why3')}
        </p>
        <Formula term={rules[id].formula} className={classes['formula']} />
      </details>
      {fix !== null && (
        <div className={classes['fix']}>
          <span>{text.fix(fix)}</span>
          <Button
            size="xs"
            variant={isFirst ? 'filled' : 'light'}
            onClick={() => {
              session.actions.startWith(fix.config);
              dropTypedText();
            }}
            data-testid={`fix-${id}`}
          >
            {t('apply')}
          </Button>
          <FromFault diagnosis={diagnosis} config={fix.config} />
        </div>
      )}
    </li>
  );
}

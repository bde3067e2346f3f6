/** Before weights are dropped: says which, and offers to keep them, to save them, or to go on. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { canPredict } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import type { StartChoice, WeightsQuestion } from '@/session/sessionState';
import { hasUnsavedWeights, weightsHeld } from '@/session/startPlan';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useCurrentNetworkText } from '@/panels/network/useCurrentNetworkText';
import { saveFile } from '@/panels/weights/weightFile';
import classes from '@/panels/weights/WeightsQuestionDialog.module.css';

interface ChoiceText {
  readonly label: string;
  readonly text: string;
}

function useChoiceText({ cause, config }: WeightsQuestion): (choice: StartChoice) => ChoiceText {
  const { t } = useTranslation('currentNetwork');
  const format = useNumberFormat();
  const step = useSession(({ run }) => run?.step ?? 0);
  const file = useSession(({ run }) => run?.origin.fileName ?? null);
  return (choice) => {
    switch (choice) {
      case 'continue': {
        const numbers = { step: format.integer(step), epochs: format.integer(config.epochs) };
        return { label: t('question.continue'), text: t('question.continueText', numbers) };
      }
      case 'current':
        return { label: t('question.further'), text: t('question.furtherText') };
      case 'initial':
        return file === null
          ? { label: t('question.initialRun'), text: t('question.initialRunText') }
          : { label: t('question.initialFile'), text: t('question.initialFileText', { file }) };
      case 'seed':
        return cause === 'replace'
          ? { label: t('question.replace'), text: t('question.replaceText') }
          : { label: t('question.seed'), text: t('question.seedText', { seed: String(config.seed) }) };
      default:
        return choice satisfies never;
    }
  };
}

/** What of the weights on show is kept in a file, with a button that saves them. */
function Saving() {
  const { t } = useTranslation('currentNetwork');
  const format = useNumberFormat();
  const saved = useSession(({ savedWeights, run }) =>
    savedWeights?.runId === run?.runId ? savedWeights : null,
  );
  const isUnsaved = useSession(hasUnsavedWeights);
  const isAsLoaded = useSession((state) => weightsHeld(state).steps === 0);
  const isReady = useSession(canPredict);
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly failure: string | null }>({
    isBusy: false,
    failure: null,
  });
  const save = async (): Promise<void> => {
    setState({ isBusy: true, failure: null });
    try {
      await saveFile('safetensors');
      setState({ isBusy: false, failure: null });
    } catch (error) {
      setState({ isBusy: false, failure: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <div className={classes['saving']} aria-live="polite">
      {saved !== null && (
        <p>{t('question.saved', { step: format.integer(saved.step), file: saved.fileName })}</p>
      )}
      {isUnsaved && isAsLoaded && <p>{t('question.asLoaded')}</p>}
      {isUnsaved && !isAsLoaded && (
        <>
          <p>{t('question.unsaved')}</p>
          <Button
            variant="default"
            leftSection={<Icon name="download" size={16} />}
            disabled={!isReady || state.isBusy}
            onClick={() => void save()}
          >
            {t(state.isBusy ? 'question.saving' : 'question.save')}
          </Button>
        </>
      )}
      {state.failure !== null && <ErrorAlert title={t('question.saveFailed')} detail={state.failure} />}
    </div>
  );
}

function Question({ question }: { readonly question: WeightsQuestion }) {
  const { t } = useTranslation('currentNetwork');
  const current = useCurrentNetworkText();
  const textOf = useChoiceText(question);
  const { choices } = question;
  const answer = session.actions.answerWeightsQuestion;
  // What keeps something is offered first; dropping alone is never what Enter does.
  const keepsSomething = choices[0] !== 'seed';
  return (
    <div className={classes['root']} data-testid="weights-question">
      <p className={classes['current']}>{current}</p>
      <Saving />
      <ul className={classes['choices']}>
        {choices.map((choice, i) => {
          const { label, text } = textOf(choice);
          return (
            <li key={choice}>
              <Button
                fullWidth
                justify="flex-start"
                variant={i === 0 && keepsSomething ? 'filled' : 'default'}
                data-autofocus={(i === 0 && keepsSomething) || undefined}
                data-choice={choice}
                aria-description={text}
                onClick={() => answer(choice)}
              >
                {label}
              </Button>
              <p className={classes['text']}>{text}</p>
            </li>
          );
        })}
      </ul>
      <Button
        variant="subtle"
        color="gray"
        data-autofocus={!keepsSomething || undefined}
        onClick={() => answer(null)}
      >
        {t('question.keep')}
      </Button>
    </div>
  );
}

export function WeightsQuestionDialog() {
  const { t } = useTranslation('currentNetwork');
  const question = useSession((state) => state.weightsQuestion);
  return (
    <Modal
      opened={question !== null}
      onClose={() => session.actions.answerWeightsQuestion(null)}
      title={question === null ? null : t(`question.titles.${question.cause}`)}
      styles={{ title: { fontWeight: 620 } }}
      // A header in a dialog would be a second banner of the page.
      attributes={{ header: { role: 'presentation' } }}
      closeButtonProps={{ 'aria-label': t('question.keep') }}
    >
      {question !== null && <Question question={question} />}
    </Modal>
  );
}

/** The hyperparameters, generated from model/hyperparameters.ts: the few essentials, then everything else by group. */
import { Button, Collapse } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Hyperparameter, HyperparameterGroup, HyperparameterKey } from '@/model/hyperparameter';
import { applies, hyperparameter, hyperparameters } from '@/model/hyperparameters';
import { validateConfig } from '@/model/validate';
import { draftDiffers, isUnderWay } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { canChangeEpochs } from '@/session/startPlan';
import { HyperparameterField } from '@/features/train/HyperparameterField';
import { LearningRateFinder } from '@/features/train/LearningRateFinder';
import { useProblemText } from '@/panels/run/useProblemText';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { Panel } from '@/ui/layout/Panel';
import { useStartObstacle } from '@/panels/run/runProblems';
import classes from '@/features/train/settings.module.css';

const essentials: readonly HyperparameterKey[] = [
  'optimizer',
  'learningRate',
  'momentum',
  'batchSize',
  'epochs',
];
const groups: readonly HyperparameterGroup[] = ['training', 'loss', 'optimizer', 'schedule', 'input'];

/** What does not stand among the essentials, nor in the picker. */
const others = hyperparameters.filter(({ key }) => key !== 'network' && !essentials.includes(key));

function useProblems(): ReadonlyMap<HyperparameterKey, string> {
  const draft = useSession((state) => state.draft);
  const problemText = useProblemText();
  return useMemo(
    () => new Map(validateConfig(draft).map((problem) => [problem.key, problemText(problem)])),
    [draft, problemText],
  );
}

interface FieldsProps {
  readonly fields: readonly Hyperparameter[];
  readonly problems: ReadonlyMap<HyperparameterKey, string>;
}

function Fields({ fields, problems }: FieldsProps) {
  return (
    <div className={classes['fields']}>
      {fields.map((field) => (
        <div key={field.key} className={classes['field']} data-kind={field.kind}>
          <HyperparameterField field={field} problem={problems.get(field.key) ?? null} />
        </div>
      ))}
    </div>
  );
}

function DiffersNote() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const differs = useSession((state) => draftDiffers(state) && isUnderWay(state));
  const isLonger = useSession(canChangeEpochs);
  const isBlocked = useStartObstacle() !== null;
  const epochs = useSession((state) => state.draft.epochs);
  if (!differs) return null;
  return (
    <output className={classes['differs']}>
      <span>{t('settings.differs')}</span>
      {isLonger && (
        <Button size="compact-xs" variant="default" onClick={() => session.actions.applyEpochs()}>
          {t('settings.applyEpochs', { epochs: format.integer(epochs) })}
        </Button>
      )}
      <Button
        size="compact-xs"
        variant="default"
        disabled={isBlocked}
        onClick={() => session.actions.start()}
      >
        {t('settings.restart')}
      </Button>
    </output>
  );
}

export function SettingsPanel() {
  const { t } = useTranslation('train');
  const { t: hyper } = useTranslation('hyperparameters');
  const draft = useSession((state) => state.draft);
  const problems = useProblems();
  const [isOpen, { toggle }] = useDisclosure(false);
  const moreId = useId();
  const shown = useMemo(
    () => ({
      essentials: essentials.map(hyperparameter).filter((field) => applies(field, draft)),
      groups: groups
        .map((group) => ({
          group,
          fields: others.filter((field) => field.group === group && applies(field, draft)),
        }))
        .filter(({ fields }) => fields.length > 0),
    }),
    [draft],
  );

  return (
    <Panel title={t('settings.title')}>
      <Fields fields={shown.essentials} problems={problems} />
      <LearningRateFinder />
      <Link className={classes['sweep']} href="/runs#sweep" data-testid="sweep-these">
        {t('settings.sweep')}
      </Link>
      <DiffersNote />
      <Button
        className={classes['more']}
        variant="subtle"
        color="gray"
        size="xs"
        justify="space-between"
        fullWidth
        rightSection={
          <span className={classes['chevron']} data-open={isOpen}>
            <Icon name="chevronDown" size={16} />
          </span>
        }
        aria-expanded={isOpen}
        aria-controls={moreId}
        onClick={toggle}
      >
        {t(isOpen ? 'settings.fewer' : 'settings.more')}
      </Button>
      <Collapse expanded={isOpen} id={moreId}>
        {shown.groups.map(({ group, fields }) => (
          <fieldset key={group} className={classes['group']}>
            <legend>{hyper(`groups.${group}`)}</legend>
            <Fields fields={fields} problems={problems} />
          </fieldset>
        ))}
      </Collapse>
    </Panel>
  );
}

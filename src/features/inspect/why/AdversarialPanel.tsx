/** A small change by which the network reads another digit, made with one click. */
import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { attackMethods } from '@/model/explanations';
import type { NumberRange } from '@/model/numberRange';
import { NumberField } from '@/ui/form/NumberField';
import { Panel } from '@/ui/layout/Panel';
import { PassBar } from '@/features/inspect/pass/PassBar';
import { usePass } from '@/features/inspect/pass/usePass';
import { AdversarialResult, useAdversarialFiles } from '@/features/inspect/why/AdversarialResult';
import { adversarialPass } from '@/features/inspect/why/adversarialPass';
import { ClassChoice } from '@/features/inspect/why/ClassChoice';
import { useWhyChoices, whyChoices, type WhyChoices } from '@/features/inspect/why/whyChoices';
import classes from '@/features/inspect/why/why.module.css';

const epsilonRange: NumberRange = { kind: 'integer', min: 1, max: 255, step: 8, scale: 'linear' };
const stepsRange: NumberRange = { kind: 'integer', min: 2, max: 100, step: 1, scale: 'linear' };

const choose = (change: Partial<WhyChoices['attack']>): void =>
  whyChoices.setState(({ attack }) => ({ attack: { ...attack, ...change } }));

function Controls() {
  const { t } = useTranslation('inspectWhy');
  const { method, target, largestEpsilon, steps } = useWhyChoices((choices) => choices.attack);
  return (
    <div className={classes['controls']}>
      <SegmentedControl
        size="xs"
        aria-label={t('attack.method')}
        value={method}
        onChange={(chosen) => choose({ method: chosen })}
        data={attackMethods.map((value) => ({ value, label: t(`attack.methods.${value}`) }))}
      />
      <ClassChoice
        label={t('attack.target')}
        none={t('attack.any')}
        value={target}
        onChange={(chosen) => choose({ target: chosen })}
        testId="attack-target"
      />
      <NumberField
        size="xs"
        label={t('attack.epsilon')}
        range={epsilonRange}
        value={largestEpsilon}
        onChange={(chosen) => choose({ largestEpsilon: chosen })}
        className={classes['number']}
        testId="attack-epsilon"
      />
      {method === 'pgd' && (
        <NumberField
          size="xs"
          label={t('attack.steps')}
          range={stepsRange}
          value={steps}
          onChange={(chosen) => choose({ steps: chosen })}
          className={classes['number']}
          testId="attack-steps"
        />
      )}
    </div>
  );
}

export function AdversarialPanel({ pixels }: { readonly pixels: Uint8Array<ArrayBuffer> }) {
  const { t } = useTranslation('inspectWhy');
  const attack = useWhyChoices((choices) => choices.attack);
  const params = useMemo(() => ({ ...attack, image: pixels }), [attack, pixels]);
  const state = usePass(adversarialPass, params);
  const { answer } = state;
  const files = useAdversarialFiles(answer);
  return (
    <Panel title={t('attack.title')} hint={t('attack.hint')} files={files}>
      <Controls />
      <PassBar
        state={state}
        startText={t('attack.start')}
        againText={t('attack.again')}
        runningText={(share) => t('attack.running', { share })}
        start={() => adversarialPass.start(params)}
        cancel={() => adversarialPass.cancel()}
        step={answer?.value.step ?? null}
        isRepeatable
        idleText={t('attack.idle')}
      />
      {answer !== null && <AdversarialResult answer={answer} isOfImage={answer.params.image === pixels} />}
    </Panel>
  );
}

/** Why the network reads what it reads in the image that is inspected, and what fools it. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { softmax } from '@/model/losses/definition';
import { flattenLayers, type NetworkSpec } from '@/model/layers';
import { useSession } from '@/session/session';
import { useClassName } from '@/panels/data/useShownData';
import { useNetworkAnswer, type NetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { Panel } from '@/ui/layout/Panel';
import { nonFiniteText, useNumberFormat } from '@/ui/text/numberFormat';
import { useImage } from '@/features/inspect/image/useImage';
import { AdversarialPanel } from '@/features/inspect/why/AdversarialPanel';
import { ClassChoice } from '@/features/inspect/why/ClassChoice';
import { GradCamPanel, SaliencyPanel } from '@/features/inspect/why/GradientPanels';
import { OcclusionPanel } from '@/features/inspect/why/OcclusionPanel';
import { useWhyChoices, whyChoices } from '@/features/inspect/why/whyChoices';
import classes from '@/features/inspect/why/why.module.css';

const convolutionsOf = (network: NetworkSpec | undefined): string[] =>
  network === undefined
    ? []
    : flattenLayers(network.layers).flatMap(({ kind, name }) => (kind === 'Conv2d' ? [name] : []));

function Asked({ answer }: { readonly answer: NetworkAnswer<'explain'> | null }) {
  const { t } = useTranslation('inspectWhy');
  const format = useNumberFormat();
  const target = useWhyChoices((choices) => choices.target);
  const nameOf = useClassName();
  const read = answer?.value.target ?? 0;
  const logits = answer === null ? [] : [...answer.value.logits];
  const logit = logits[read] ?? NaN;
  const probability = softmax(logits)[read] ?? NaN;
  return (
    <Panel>
      <div className={classes['controls']} data-testid="why" data-current={answer?.isCurrent ?? false}>
        <ClassChoice
          label={t('class')}
          none={target === null && answer !== null ? t('readNow', { digit: nameOf(read) }) : t('read')}
          value={target}
          onChange={(chosen) => whyChoices.setState({ target: chosen })}
          testId="why-class"
        />
        {answer !== null && (
          <p className={classes['figures-text']} data-testid="why-logit">
            {t('figures', {
              digit: nameOf(read),
              logit: nonFiniteText(logit) ?? format.loss(logit),
              share: nonFiniteText(probability) ?? format.percent(probability, 1),
              step: format.integer(answer.value.step),
            })}
          </p>
        )}
      </div>
    </Panel>
  );
}

function Explained({ pixels }: { readonly pixels: Uint8Array<ArrayBuffer> }) {
  const { t } = useTranslation(['inspect', 'inspectWhy']);
  const network = useSession(({ run }) => run?.config.network);
  const layers = useMemo(() => convolutionsOf(network), [network]);
  const target = useWhyChoices((choices) => choices.target);
  const chosen = useWhyChoices((choices) => choices.layer);
  const layer = layers.find((name) => name === chosen) ?? layers.at(-1) ?? null;
  const params = useMemo(() => ({ image: pixels, target, layer }), [pixels, target, layer]);
  const { answer, error } = useNetworkAnswer('explain', params);
  return (
    <div className={classes['tab']}>
      <Asked answer={answer} />
      {error !== null && <p role="alert">{error}</p>}
      {answer === null && error === null && <p>{t('notReady')}</p>}
      {answer !== null && (
        <div className={classes['panels']}>
          <SaliencyPanel answer={answer} />
          {layer === null ? (
            <Panel title={t('inspectWhy:cam.title')}>
              <p className={classes['note']}>{t('inspectWhy:cam.none')}</p>
            </Panel>
          ) : (
            <GradCamPanel answer={answer} layers={layers} layer={layer} />
          )}
          <OcclusionPanel pixels={pixels} target={target} />
        </div>
      )}
      <AdversarialPanel pixels={pixels} />
    </div>
  );
}

export function WhyTab() {
  const { t } = useTranslation('inspect');
  const { pixels } = useImage();
  return pixels === null ? <p>{t('image.empty')}</p> : <Explained pixels={pixels} />;
}

/** The output cell's running sum: bias and channel sums, and where it lands. */
import { useTranslation } from 'react-i18next';
import type { ConvStageModel, ConvView } from '@/features/convLab/stageModels';
import { factor, termValue } from '@/ui/text/valueFormat';
import classes from '@/features/convLab/convLab.module.css';

/** Longer sums of channels are folded. */
const mostParts = 6;

function channelSums(model: ConvStageModel): number[] {
  const sums: number[] = [];
  for (const term of model.window.slice(0, model.done)) sums[term.c] = term.channelSum;
  return sums;
}

export function SumLine({ view, model }: { readonly view: ConvView; readonly model: ConvStageModel }) {
  const { t } = useTranslation('convLab');
  const first = model.window[0];
  if (first === undefined) return null;
  const bias = view.bias[first.f] ?? 0;
  const { windowLength } = view.conv.trace.geometry;
  const sums = channelSums(model);
  const parts = [...(bias === 0 ? [] : [bias]), ...sums];
  const folded =
    parts.length > mostParts
      ? [`${termValue(parts[0] ?? 0)} + …`, termValue(parts.at(-1) ?? 0)]
      : parts.map((part, k) => (k === 0 ? termValue(part) : factor(part)));
  const total = model.current?.sum ?? bias;
  const isComplete = model.done === windowLength;
  return (
    <div className={classes['sumLine']} data-complete={isComplete}>
      <span className={classes['sumTarget']}>
        out[{first.f}, {first.i}, {first.j}]
      </span>
      <span className={classes['sumParts']}>
        {parts.length > 1 ? `${folded.join(' + ')} = ` : ''}
        <strong data-sum>{termValue(total)}</strong>
      </span>
      <span className={classes['sumNote']}>
        {bias !== 0 && t('sum.withBias', { bias: termValue(bias) })}{' '}
        {isComplete ? t('sum.landed') : t('sum.running', { done: model.done, of: windowLength })}
      </span>
    </div>
  );
}

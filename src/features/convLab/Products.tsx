/** One channel's products of the window, laid out as the window is: input x kernel = product, then their sum. */
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { MultiplyAdd } from '@/conv/trace';
import type { ConvStageModel } from '@/features/convLab/stageModels';
import { factor, termValue } from '@/ui/text/valueFormat';
import classes from '@/features/convLab/convLab.module.css';

type ChipState = 'done' | 'current' | 'ahead';

const Chip = memo(function Chip({ term, state }: { readonly term: MultiplyAdd; readonly state: ChipState }) {
  return (
    <div className={classes['chip']} data-state={state} data-kind={term.cell}>
      <span className={classes['chipFactors']}>
        {termValue(term.input)}×{factor(term.weight)}
      </span>
      <span className={classes['chipProduct']}>
        {state === 'ahead' ? ' ' : `= ${termValue(term.product)}`}
      </span>
    </div>
  );
});

export function Products({ model, channel }: { readonly model: ConvStageModel; readonly channel: number }) {
  const { t } = useTranslation('convLab');
  const terms = model.window.filter((term) => term.channel === channel);
  // The filter on show may be another than the one under way.
  if (terms.length === 0) return null;
  const columns = terms.filter((term) => term.u === 0).length;
  const first = model.window[0]?.index ?? 0;
  const doneTerms = terms.filter((term) => term.index - first < model.done);
  const sum = doneTerms.at(-1)?.channelSum ?? 0;
  const isShort = model.window.length > terms.length;
  const state = (term: MultiplyAdd): ChipState => {
    if (term.index === model.current?.index) return 'current';
    return term.index - first < model.done ? 'done' : 'ahead';
  };
  return (
    <div className={classes['products']} data-columns={columns}>
      <span className={classes['gridTitle']}>{t('products.title')}</span>
      <div
        className={classes['chips']}
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 104px))` }}
        data-columns={columns}
      >
        {terms.map((term) => (
          <Chip key={`${term.u}-${term.v}`} term={term} state={state(term)} />
        ))}
      </div>
      <p className={classes['channelSum']} data-channel-sum={channel}>
        {isShort
          ? t('products.channelSum', { channel: channel + 1, sum: termValue(sum) })
          : t('products.sum', { sum: termValue(sum) })}
      </p>
    </div>
  );
}

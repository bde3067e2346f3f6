/** What is chosen in this tab: kept here, so that it is still there when the tab is opened again. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { AdversarialParams, OcclusionOptions } from '@/model/explanations';

export interface WhyChoices {
  /** The class that is asked about; null: whichever the network reads. */
  readonly target: number | null;
  /** Name of a convolution; null, or one that the network does not have: its last. */
  readonly layer: string | null;
  readonly square: Omit<OcclusionOptions, 'target'>;
  readonly attack: AdversarialParams;
}

export const whyChoices = createStore<WhyChoices>(() => ({
  target: null,
  layer: null,
  square: { size: 6, stride: 3, value: 0 },
  attack: { method: 'pgd', target: null, largestEpsilon: 96, steps: 10 },
}));

export function useWhyChoices<T>(selector: (choices: WhyChoices) => T): T {
  return useStore(whyChoices, selector);
}

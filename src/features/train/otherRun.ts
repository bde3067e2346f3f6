/** Another program's run of the same configuration, laid over the charts: a file's curves, until it is put away. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { MetricsFileError, type MetricCurves, type MetricsFileDetails } from '@/formats/metrics/metricsFile';

export type OtherRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading'; readonly file: string }
  | { readonly kind: 'read'; readonly file: string; readonly curves: MetricCurves }
  | { readonly kind: 'refused'; readonly file: string; readonly details: MetricsFileDetails };

const none: OtherRun = { kind: 'none' };
const store = createStore<{ readonly other: OtherRun }>(() => ({ other: none }));

export function useOtherRun(): OtherRun {
  return useStore(store, ({ other }) => other);
}

export function putOtherRunAway(): void {
  store.setState({ other: none });
}

/** Never throws: whatever a file holds, the state says what became of it. */
export async function readOtherRun(file: File): Promise<void> {
  const reading: OtherRun = { kind: 'reading', file: file.name };
  store.setState({ other: reading });
  let other: OtherRun;
  try {
    const { readMetrics } = await import('@/formats/metrics/readMetrics');
    other = { kind: 'read', file: file.name, curves: await readMetrics(file) };
  } catch (error) {
    const details: MetricsFileDetails =
      error instanceof MetricsFileError ? error.details : { kind: 'unreadable' };
    other = { kind: 'refused', file: file.name, details };
  }
  // A later file counts.
  if (store.getState().other === reading) store.setState({ other });
}

/** Where in the heat plot the doctor saw something. */
import type { Diagnosis } from '@/doctor/diagnosis';
import type { EvidenceSeries } from '@/doctor/finding';
import type { HeatGrid } from '@/features/train/heatGrid';

/** The quantity that shows each kind of evidence about layers; every other kind shows in the charts above. */
const quantityIds: Partial<Record<EvidenceSeries, string>> = {
  gradients: 'gradient/max',
  inputs: 'input/dead',
  updates: 'update/ratio',
};

/** The first finding about layers, and the quantity that shows it; null where there is none. */
export function layerEvidence(
  diagnoses: readonly Diagnosis[],
): { readonly diagnosis: Diagnosis; readonly quantityId: string } | null {
  for (const diagnosis of diagnoses) {
    const quantityId = quantityIds[diagnosis.evidence.series];
    if (quantityId !== undefined) return { diagnosis, quantityId };
  }
  return null;
}

export interface HeatMark {
  readonly layer: string;
  readonly row: number;
  /** Edges in parts of the plot's width. */
  readonly left: number;
  readonly right: number;
}

/** The cells that the finding is about: its layers, from its first step to its last. */
export function heatMarks({ layers, evidence }: Diagnosis, grid: HeatGrid): HeatMark[] {
  const columns = grid.steps.length;
  const first = grid.steps.findLastIndex((step) => step <= evidence.from);
  const last = grid.steps.findLastIndex((step) => step <= evidence.to);
  return layers.flatMap((layer) => {
    const row = grid.layers.indexOf(layer);
    if (row < 0 || first < 0) return [];
    // A moment is as wide as the columns that show it.
    const from = grid.steps.indexOf(grid.steps[first] ?? 0);
    return [{ layer, row, left: from / columns, right: (last + 1) / columns }];
  });
}

/** The tabs of Inspect, in their order: one line each, with its own folder and texts. A tab's path follows /inspect/. */
import type { ComponentType } from 'react';
import { EmbeddingTab } from '@/features/inspect/embedding/EmbeddingTab';
import { LandscapeTab } from '@/features/inspect/landscape/LandscapeTab';
import { LayersTab } from '@/features/inspect/layers/LayersTab';
import { WhyTab } from '@/features/inspect/why/WhyTab';
import { MistakesTab } from '@/features/inspect/mistakes/MistakesTab';
import { RobustnessTab } from '@/features/inspect/robustness/RobustnessTab';

export interface InspectTab {
  readonly path: string;
  /** Key under `tabs` in the texts of Inspect. */
  readonly label: 'layers' | 'why' | 'mistakes' | 'embedding' | 'landscape' | 'robustness' | 'data';
  readonly component: ComponentType;
  /** Whether the image that is inspected stands beside it (useImage). */
  readonly usesImage: boolean;
}

export const inspectTabs: readonly [InspectTab, ...InspectTab[]] = [
  { path: 'layers', label: 'layers', component: LayersTab, usesImage: true },
  { path: 'why', label: 'why', component: WhyTab, usesImage: true },
  { path: 'mistakes', label: 'mistakes', component: MistakesTab, usesImage: true },
  { path: 'embedding', label: 'embedding', component: EmbeddingTab, usesImage: true },
  { path: 'landscape', label: 'landscape', component: LandscapeTab, usesImage: false },
  { path: 'robustness', label: 'robustness', component: RobustnessTab, usesImage: true },
];

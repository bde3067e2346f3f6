/** The tabs of Inspect, in their order: one line each, with its own folder and texts. A tab's path follows /inspect/. */
import { PagePart } from '@/ui/loading/pagePart';

export interface InspectTab {
  readonly path: string;
  /** Key under `tabs` in the texts of Inspect. */
  readonly label: 'layers' | 'why' | 'mistakes' | 'embedding' | 'landscape' | 'robustness' | 'data';
  readonly part: PagePart;
  /** Whether the image that is inspected stands beside it (useImage). */
  readonly usesImage: boolean;
}

export const inspectTabs: readonly [InspectTab, ...InspectTab[]] = [
  {
    path: 'layers',
    label: 'layers',
    part: new PagePart(async () => (await import('@/features/inspect/layers/LayersTab')).LayersTab),
    usesImage: true,
  },
  {
    path: 'why',
    label: 'why',
    part: new PagePart(async () => (await import('@/features/inspect/why/WhyTab')).WhyTab),
    usesImage: true,
  },
  {
    path: 'mistakes',
    label: 'mistakes',
    part: new PagePart(async () => (await import('@/features/inspect/mistakes/MistakesTab')).MistakesTab),
    usesImage: true,
  },
  {
    path: 'embedding',
    label: 'embedding',
    part: new PagePart(async () => (await import('@/features/inspect/embedding/EmbeddingTab')).EmbeddingTab),
    usesImage: true,
  },
  {
    path: 'landscape',
    label: 'landscape',
    part: new PagePart(async () => (await import('@/features/inspect/landscape/LandscapeTab')).LandscapeTab),
    usesImage: false,
  },
  {
    path: 'robustness',
    label: 'robustness',
    part: new PagePart(
      async () => (await import('@/features/inspect/robustness/RobustnessTab')).RobustnessTab,
    ),
    usesImage: true,
  },
];

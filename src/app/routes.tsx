/**
 * The pages, in the order of the navigation. A page is registered here once and appears in the header, or in the footer. They come with the
 * page's own script: a part that is fetched when it is first opened may not be there any more (server gone, new version), and
 * a run would be lost to the reload that Firefox then needs, which keeps a failed import for as long as the page lives.
 */
import type { ComponentType } from 'react';
import { ConvLabView } from '@/features/convLab/ConvLabView';
import { DataView } from '@/features/data/DataView';
import { DrawView } from '@/features/draw/DrawView';
import { InspectView } from '@/features/inspect/InspectView';
import { LicencesView } from '@/features/licences/LicencesView';
import { NetworkView } from '@/features/network/NetworkView';
import { ReportView } from '@/features/report/ReportView';
import { RunsView } from '@/features/runs/RunsView';
import { TrainView } from '@/features/train/TrainView';

export interface PageRoute {
  /** The page's address; with `hasTabs`, its tabs follow it: /inspect/layers. */
  readonly path: string;
  readonly hasTabs?: true;
  /** Key under `nav` in the common texts. */
  readonly label:
    | 'train'
    | 'data'
    | 'runs'
    | 'network'
    | 'draw'
    | 'inspect'
    | 'convLab'
    | 'report'
    | 'licences';
  readonly component: ComponentType;
}

export const pageRoutes: readonly PageRoute[] = [
  { path: '/', label: 'train', component: TrainView },
  { path: '/data', label: 'data', component: DataView },
  { path: '/runs', label: 'runs', component: RunsView },
  { path: '/network', label: 'network', component: NetworkView },
  { path: '/draw', label: 'draw', component: DrawView },
  { path: '/inspect', label: 'inspect', component: InspectView, hasTabs: true },
  { path: '/conv-lab', label: 'convLab', component: ConvLabView },
  { path: '/report', label: 'report', component: ReportView },
];

export const footerRoutes: readonly PageRoute[] = [
  { path: '/licences', label: 'licences', component: LicencesView },
];

/** Whether this address is the page's, or one of its tabs'. */
export function isPageOf({ path, hasTabs }: PageRoute, location: string): boolean {
  return location === path || (hasTabs === true && location.startsWith(`${path}/`));
}

/** The page of this address; undefined where there is none. */
export function pageAt(location: string): PageRoute | undefined {
  return [...pageRoutes, ...footerRoutes].find((route) => isPageOf(route, location));
}

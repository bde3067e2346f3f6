/**
 * The pages, in the order of the navigation. A page is registered here once and appears in the header, or in the footer. Train comes with
 * the page's own script; the others are fetched by themselves, ahead of their being opened (`fetchAhead`): a part that is fetched only
 * then may not be there any more (server gone, new version).
 */
import { inspectTabs } from '@/features/inspect/inspectTabs';
import { TrainView } from '@/features/train/TrainView';
import { PagePart } from '@/ui/loading/pagePart';

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
  readonly part: PagePart;
}

export const pageRoutes: readonly PageRoute[] = [
  { path: '/', label: 'train', part: PagePart.here(TrainView) },
  {
    path: '/data',
    label: 'data',
    part: new PagePart(async () => (await import('@/features/data/DataView')).DataView),
  },
  {
    path: '/runs',
    label: 'runs',
    part: new PagePart(async () => (await import('@/features/runs/RunsView')).RunsView),
  },
  {
    path: '/network',
    label: 'network',
    part: new PagePart(async () => (await import('@/features/network/NetworkView')).NetworkView),
  },
  {
    path: '/draw',
    label: 'draw',
    part: new PagePart(async () => (await import('@/features/draw/DrawView')).DrawView),
  },
  {
    path: '/inspect',
    label: 'inspect',
    part: new PagePart(async () => (await import('@/features/inspect/InspectView')).InspectView),
    hasTabs: true,
  },
  {
    path: '/conv-lab',
    label: 'convLab',
    part: new PagePart(async () => (await import('@/features/convLab/ConvLabView')).ConvLabView),
  },
  {
    path: '/report',
    label: 'report',
    part: new PagePart(async () => (await import('@/features/report/ReportView')).ReportView),
  },
];

export const footerRoutes: readonly PageRoute[] = [
  {
    path: '/licences',
    label: 'licences',
    part: new PagePart(async () => (await import('@/features/licences/LicencesView')).LicencesView),
  },
];

/** All that is fetched by itself, in the order in which it is likely to be wanted. */
export const fetchedParts: readonly PagePart[] = [
  ...pageRoutes.map(({ part }) => part),
  ...inspectTabs.map(({ part }) => part),
  ...footerRoutes.map(({ part }) => part),
];

/** Whether this address is the page's, or one of its tabs'. */
export function isPageOf({ path, hasTabs }: PageRoute, location: string): boolean {
  return location === path || (hasTabs === true && location.startsWith(`${path}/`));
}

/** The page of this address; undefined where there is none. */
export function pageAt(location: string): PageRoute | undefined {
  return [...pageRoutes, ...footerRoutes].find((route) => isPageOf(route, location));
}

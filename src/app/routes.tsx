/** The pages, in the order of the navigation. A page is registered here once and appears in the header. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export interface PageRoute {
  readonly path: string;
  /** Key under `nav` in the common texts. */
  readonly label: 'train' | 'network' | 'draw' | 'convLab' | 'report';
  readonly component: LazyExoticComponent<ComponentType>;
}

export const pageRoutes: readonly PageRoute[] = [
  {
    path: '/',
    label: 'train',
    component: lazy(async () => ({ default: (await import('@/views/train/TrainView')).TrainView })),
  },
  {
    path: '/network',
    label: 'network',
    component: lazy(async () => ({ default: (await import('@/views/network/NetworkView')).NetworkView })),
  },
  {
    path: '/draw',
    label: 'draw',
    component: lazy(async () => ({ default: (await import('@/views/draw/DrawView')).DrawView })),
  },
  {
    path: '/conv-lab',
    label: 'convLab',
    component: lazy(async () => ({ default: (await import('@/views/convLab/ConvLabView')).ConvLabView })),
  },
  {
    path: '/report',
    label: 'report',
    component: lazy(async () => ({ default: (await import('@/views/report/ReportView')).ReportView })),
  },
];

/** What a run tells on its way: to its record, and on to the page. */
import type { WorkerEvent } from '@/protocol/messages';

export type RunEvent = Extract<
  WorkerEvent,
  {
    readonly type:
      | 'runStatus'
      | 'metrics'
      | 'statistics'
      | 'evaluated'
      | 'curvature'
      | 'curvatureFailed'
      | 'runBegan'
      | 'runChanged'
      | 'runKept'
      | 'runRecovered'
      | 'runFailed';
  }
>;

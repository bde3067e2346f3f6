/** The page's one session: the store, what views can do with it, and the worker behind it. Start with sessionState.ts. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WorkerError } from '@/protocol/messages';
import { draftFromQuery, loadDraft, saveDraft } from '@/store/draftLink';
import { MetricsLog } from '@/store/metricsLog';
import { reduceEvent } from '@/store/reduceEvent';
import { createActions, selectBackendCommand, statisticsCommand } from '@/store/sessionActions';
import type { SessionActions, SessionState } from '@/store/sessionState';
import { browserStorage, loadSettings, saveSettings } from '@/store/settings';
import { StatisticsLog } from '@/store/statisticsLog';
import { tabStorage } from '@/store/tabStorage';
import { startTrainerClient, type SessionEvent, type TrainerClient } from '@/store/trainerClient';
import { watchRun } from '@/store/watchRun';

export interface Session {
  readonly store: StoreApi<SessionState>;
  readonly metrics: MetricsLog;
  readonly statistics: StatisticsLog;
  readonly actions: SessionActions;
  /**
   * Starts the worker: backend, data, and the network of the draft, which is the link's where `query` (location.search)
   * names one, else the last visit's.
   */
  connect(query?: string): void;
  /** Takes the settings of a link over as the draft, where it has any; what stands there and trains goes on. */
  openLink(query: string): void;
  /** Ends the worker. */
  disconnect(): void;
}

function initialState(): SessionState {
  return {
    worker: 'stopped',
    settings: loadSettings(browserStorage()),
    backend: { kind: 'probing' },
    data: {
      kind: 'idle',
      loadedBytes: 0,
      totalBytes: 0,
      trainingImages: 0,
      testImages: 0,
      fromCache: false,
      error: null,
    },
    run: null,
    draft: loadDraft(tabStorage()),
    linkIssues: [],
    metricsVersion: 0,
    statisticsVersion: 0,
    savedWeights: null,
    weightsQuestion: null,
    evaluations: [],
    sweep: null,
    diagnoses: [],
  };
}

/** A session without a worker yet; tests make their own. */
export function createSession(): Session {
  const store = createStore<SessionState>(initialState);
  const metrics = new MetricsLog();
  const statistics = new StatisticsLog();
  let client: TrainerClient | null = null;

  const onEvent = (event: SessionEvent): void => {
    const { run } = store.getState();
    const runId = run?.runId;
    const step = run?.step ?? 0;
    if (event.type === 'metrics' && event.runId === runId) metrics.append(event);
    if (event.type === 'statistics' && event.runId === runId) statistics.append(event.steps);
    if (event.type === 'runStatus' && event.runId === runId && event.status.step < step) {
      metrics.truncate(event.status.step);
      statistics.truncate(event.status.step);
    }
    store.setState((state) => reduceEvent(state, event));
  };
  const onCrash = (error: WorkerError): void => {
    client = null;
    store.setState(({ run }) => ({
      worker: 'crashed',
      run: run === null ? null : { ...run, phase: 'failed', testedImages: null, error },
    }));
  };
  const start = (): void => {
    client?.terminate();
    client = startTrainerClient({ onEvent, onCrash });
    const { draft, linkIssues } = store.getState();
    store.setState({ ...initialState(), worker: 'running', draft, linkIssues });
    client.send(selectBackendCommand(store.getState().settings));
    client.send(statisticsCommand(store.getState().settings));
    client.send({ type: 'loadData' });
    actions.reset();
  };
  const actions = createActions({ store, metrics, statistics, client: () => client, restart: start });
  watchRun({ store, metrics, statistics });
  store.subscribe(({ settings, draft }, before) => {
    if (settings !== before.settings) saveSettings(browserStorage(), settings);
    if (draft !== before.draft) saveDraft(tabStorage(), draft);
  });

  return {
    store,
    metrics,
    statistics,
    actions,
    connect: (query = '') => {
      const link = draftFromQuery(query);
      if (link !== null) store.setState({ draft: link.config, linkIssues: link.issues });
      // Also where nothing changed: a reload gives this tab what it showed, not what another tab kept since.
      saveDraft(tabStorage(), store.getState().draft);
      start();
    },
    openLink: (query) => {
      const link = draftFromQuery(query);
      if (link === null) return;
      store.setState({ linkIssues: link.issues });
      actions.loadPreset(link.config);
    },
    disconnect: () => {
      client?.terminate();
      client = null;
      store.setState({ worker: 'stopped' });
    },
  };
}

export const session: Session = createSession();

/** Reads the session's state in a component; renders again only when what the selector gives changes. */
export function useSession<T>(selector: (state: SessionState) => T): T {
  return useStore(session.store, selector);
}

/** The page's one session: the store, what views can do with it, and the worker behind it. Start with sessionState.ts. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WorkerError } from '@/protocol/messages';
import { draftFromQuery, loadDraft, saveDraft } from '@/session/draftLink';
import type { WorkerPulse } from '@/session/heartbeat';
import { findLastRun } from '@/session/lastRun';
import { MetricsLog } from '@/session/metricsLog';
import { curvatureUpTo, reduceEvent } from '@/session/reduceEvent';
import { recordDiagnoses } from '@/session/recordDiagnoses';
import { isTraining } from '@/session/selectors';
import { RunKeeper, type Resumption } from '@/session/runKeeper';
import { createActions } from '@/session/sessionActions';
import type { SessionActions, SessionState } from '@/session/sessionState';
import { keyframesCommand, selectBackendCommand, statisticsCommand } from '@/session/settingsCommands';
import { browserStorage, loadSettings, saveSettings } from '@/session/settings';
import { StatisticsLog } from '@/session/statisticsLog';
import { tabStorage } from '@/session/tabStorage';
import { startTrainerClient, type SessionEvent, type TrainerClient } from '@/session/trainerClient';
import { watchMemory } from '@/session/watchMemory';
import { watchRun } from '@/session/watchRun';
import { openRuns } from '@/storage/runs/openRuns';
import type { RunStore, RunWrite } from '@/storage/runs/runStore';

export interface Session {
  readonly store: StoreApi<SessionState>;
  readonly metrics: MetricsLog;
  readonly statistics: StatisticsLog;
  readonly actions: SessionActions;
  /** The page's way to the recorded runs. Where the browser keeps none: those of this visit, without their states. */
  readonly runs: () => Promise<RunStore>;
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
    dataSets: null,
    runWithoutData: null,
    run: null,
    recovery: null,
    draft: loadDraft(tabStorage()),
    linkIssues: [],
    memoryNeed: null,
    metricsVersion: 0,
    statisticsVersion: 0,
    savedWeights: null,
    weightsQuestion: null,
    evaluations: [],
    curvature: { settings: null, points: [], error: null },
    rangeTest: null,
    diagnoses: [],
    storedRunId: null,
    recorded: null,
    recordingProblem: null,
    lastRun: null,
    shown: null,
    comparison: null,
    ancestors: [],
  };
}

/** A session without a worker yet; tests make their own. */
export function createSession(): Session {
  const store = createStore<SessionState>(initialState);
  const metrics = new MetricsLog();
  const statistics = new StatisticsLog();
  const keeper = new RunKeeper();
  let client: TrainerClient | null = null;
  /** How the run goes on in the next worker; null while this one lives. */
  let resumption: Resumption | null = null;

  const onEvent = (event: SessionEvent): void => {
    if (event.type === 'runRecorded' && event.write !== null) {
      void rememberRun(event.write as RunWrite).then(() => reduce({ ...event, write: null }));
      return;
    }
    keeper.heard(event);
    const { run } = store.getState();
    const runId = run?.runId;
    const step = run?.step ?? 0;
    if (event.type === 'metrics' && event.runId === runId) metrics.append(event);
    if (event.type === 'statistics' && event.runId === runId) statistics.append(event.steps);
    if (event.type === 'runStatus' && event.runId === runId && event.status.step < step)
      truncate(event.status.step);
    reduce(event);
  };
  const reduce = (event: SessionEvent): void => {
    store.setState((state) => reduceEvent(state, event));
  };
  /** Where nothing is kept, the worker's own memory holds the runs, and ends with it. */
  const rememberRun = async (write: RunWrite): Promise<void> => {
    const kept = await runs();
    if (kept.obstacle !== null) await kept.write(write);
  };
  const truncate = (step: number): void => {
    metrics.truncate(step);
    statistics.truncate(step);
  };
  const onCrash = (error: WorkerError): void => {
    client = null;
    const { run, evaluations } = store.getState();
    if (run !== null) resumption = keeper.resumption(run, evaluations);
    store.setState({
      worker: 'crashed',
      run: run === null ? null : { ...run, phase: 'failed', testedImages: null, error },
    });
  };
  const onPulse = (pulse: WorkerPulse): void => {
    store.setState({ worker: pulse === 'late' || pulse === 'silent' ? pulse : 'running' });
  };
  const startWorker = (): TrainerClient => {
    const started = startTrainerClient({ onEvent, onCrash, onPulse });
    const { settings, curvature } = store.getState();
    started.send(selectBackendCommand(settings));
    started.send(statisticsCommand(settings));
    started.send(keyframesCommand(settings));
    started.send({ type: 'setCurvature', settings: curvature.settings });
    started.send({ type: 'loadData' });
    return {
      ...started,
      send: (command) => {
        keeper.sent(command);
        started.send(command);
      },
    };
  };
  const start = (): void => {
    client?.terminate();
    const { draft, linkIssues } = store.getState();
    store.setState({ ...initialState(), worker: 'running', draft, linkIssues });
    client = startWorker();
    actions.reset();
    void offerLastRun();
  };
  let opening: Promise<RunStore> | null = null;
  const runs = (): Promise<RunStore> => {
    opening ??= openRuns();
    return opening;
  };
  const offerLastRun = async (): Promise<void> => {
    const lastRun = await findLastRun(await runs(), tabStorage());
    // Whoever, or the queue, has begun another one meanwhile has decided.
    const { run } = store.getState();
    if ((run?.step ?? 0) === 0 && !isTraining(run?.phase)) store.setState({ lastRun });
  };
  /** Another worker, which goes on with the run. */
  const restart = (): void => {
    const { run, evaluations } = store.getState();
    client?.terminate();
    if (run === null) {
      start();
      return;
    }
    const { config, kept, until } = resumption ?? keeper.resumption(run, evaluations);
    resumption = null;
    const step = run.keptStep;
    truncate(step);
    const { backend, data, rangeTest } = initialState();
    const { metricsVersion, statisticsVersion } = store.getState();
    const curvature = curvatureUpTo(store.getState(), step);
    store.setState({
      curvature,
      backend,
      data,
      rangeTest,
      shown: null,
      worker: 'running',
      run: { ...run, phase: 'preparing', testedImages: null, step, error: null },
      recovery: run.step === 0 ? null : { lost: null, lostStep: run.step, step },
      evaluations: evaluations.filter((point) => point.step <= step),
      metricsVersion: metricsVersion + 1,
      statisticsVersion: statisticsVersion + 1,
    });
    client = startWorker();
    const { runId } = run;
    client.send({ type: 'restore', runId, config, kept });
    if (until !== null) client.send({ type: 'train', runId, until });
  };
  const actions = createActions({ store, metrics, statistics, client: () => client, restart, runs });
  watchRun({ store, metrics, statistics });
  recordDiagnoses(store, runs);
  watchMemory(store, () => client);
  store.subscribe(({ settings, draft }, before) => {
    if (settings !== before.settings) saveSettings(browserStorage(), settings);
    if (draft !== before.draft) saveDraft(tabStorage(), draft);
  });

  return {
    store,
    metrics,
    statistics,
    actions,
    runs,
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

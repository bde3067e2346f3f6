/** What a page does that only the page can see: errors, and the losses that its worker reports, with all their bits. */

export interface Recording {
  /** Errors and warnings of the console, uncaught errors and rejections, of the page and of its worker. */
  readonly errors: string[];
  /** Losses of the newest run, from step 0 on. */
  losses: number[];
}

declare global {
  interface Window {
    recording?: Recording;
  }
}

interface MetricsEvent {
  readonly type: string;
  readonly firstStep: number;
  readonly loss: Float32Array;
}

/** Runs in the page before its own scripts; nothing outside of it exists there. */
export function record(): void {
  const recording: Recording = { errors: [], losses: [] };
  window.recording = recording;
  const textOf = (value: unknown): string =>
    value instanceof Error ? (value.stack ?? value.message) : String(value);
  for (const level of ['error', 'warn'] as const) {
    const write = console[level].bind(console);
    console[level] = (...values: unknown[]) => {
      recording.errors.push(`console.${level}: ${values.map(textOf).join(' ')}`);
      write(...values);
    };
  }
  window.addEventListener('error', (event) => {
    recording.errors.push(`error: ${event.message} ${textOf(event.error)}`);
  });
  window.addEventListener('unhandledrejection', ({ reason }) => {
    recording.errors.push(`unhandled rejection: ${textOf(reason)}`);
  });
  window.Worker = class extends window.Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('error', (event) => {
        recording.errors.push(`worker: ${event.message}`);
      });
      this.addEventListener('message', ({ data }: MessageEvent<MetricsEvent>) => {
        if (data.type !== 'metrics') return;
        if (data.firstStep === 0) recording.losses = [];
        recording.losses.push(...data.loss);
      });
    }
  };
}

/**
 * Another engine of the kind that trains, for what needs the network at other parameters than the run's: an earlier step, a point of the
 * loss landscape, the gradient beside a point. It is opened when it is first used, holds the network of one tenant at a time, and is
 * freed a while after nobody uses it any more.
 */
import type { BackendInfo } from '@/model/backend';
import type { Engine } from '@/engine/engine';
import { EngineHost, type CreateEngine, type ImageSets } from '@/training/engineHost';

export interface SecondEngineOptions {
  readonly source: ImageSets;
  /** Opens one like the engine in use. */
  readonly open: CreateEngine;
  /** The engine in use; null where there is none. */
  readonly inUse: () => Pick<BackendInfo, 'engine' | 'backend'> | null;
  readonly onBusy: (seconds: number) => void;
}

/** Whose network the engine holds. */
export interface Tenant {
  /** Another one is let in: reads what it needs to come back. */
  leave(engine: Engine): Promise<void>;
  /** What the engine held of it is gone. */
  lost(): void;
}

/** Freed so long after its last use. */
const idleMilliseconds = 20_000;

const kindOf = ({ engine, backend }: Pick<BackendInfo, 'engine' | 'backend'>): string =>
  `${engine} ${backend}`;

export class SecondEngine {
  readonly #options: SecondEngineOptions;
  /** Who will use it again soon, and who does now. */
  readonly #holders = new Set<object>();
  #host: EngineHost | null = null;
  #opening: Promise<void> | null = null;
  /** Kind of the engine in use when this one was opened. */
  #openedFor: string | null = null;
  #tenant: Tenant | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SecondEngineOptions) {
    this.#options = options;
  }

  /**
   * Runs a task with the engine to itself. It holds the tenant's network as the tenant left it, unless `leave` or `lost` was called since.
   * @throws what opening an engine throws; EngineError `device` when it is lost
   */
  async use<T>(tenant: Tenant, task: (engine: Engine, host: EngineHost) => Promise<T>): Promise<T> {
    const use = {};
    this.hold(use);
    try {
      const host = await this.#opened();
      return await host.use(async (engine) => {
        if (this.#tenant !== tenant) {
          await this.#evict(engine);
          this.#tenant = tenant;
        }
        return task(engine, host);
      });
    } finally {
      this.release(use);
    }
  }

  /** It is kept open until the holder releases it. */
  hold(holder: object): void {
    clearTimeout(this.#idle);
    this.#holders.add(holder);
  }

  release(holder: object): void {
    if (!this.#holders.delete(holder) || this.#holders.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#free(), idleMilliseconds);
  }

  #free(): void {
    const host = this.#host;
    this.#host = null;
    host?.dispose();
    this.#forgetTenant();
  }

  #forgetTenant(): void {
    const tenant = this.#tenant;
    this.#tenant = null;
    tenant?.lost();
  }

  async #evict(engine: Engine): Promise<void> {
    const tenant = this.#tenant;
    this.#tenant = null;
    try {
      await tenant?.leave(engine);
    } catch (error) {
      tenant?.lost();
      throw error;
    }
  }

  async #opened(): Promise<EngineHost> {
    if (this.#opening !== null) await this.#opening;
    if (this.#host !== null && this.#fits(this.#host)) return this.#host;
    const host = this.#host ?? this.#newHost();
    this.#host = host;
    this.#opening = this.#openIn(host);
    await this.#opening;
    return host;
  }

  /** A person may have chosen another engine since it was opened. What was opened for one may be another: it is not tried again. */
  #fits({ engine }: EngineHost): boolean {
    const inUse = this.#options.inUse();
    if (engine === null) return false;
    return inUse === null || kindOf(inUse) === this.#openedFor;
  }

  async #openIn(host: EngineHost): Promise<void> {
    const inUse = this.#options.inUse();
    this.#openedFor = inUse === null ? null : kindOf(inUse);
    try {
      await host.replace(
        this.#options.open,
        (engine) => this.#evict(engine),
        () => Promise.resolve(),
      );
    } catch (error) {
      if (this.#host === host) this.#free();
      throw error;
    } finally {
      this.#opening = null;
    }
  }

  #newHost(): EngineHost {
    const { source, onBusy } = this.#options;
    const host = new EngineHost({
      source,
      onBusy,
      onLost: () => {
        if (this.#host !== host) return;
        this.#host = null;
        this.#forgetTenant();
      },
    });
    return host;
  }
}

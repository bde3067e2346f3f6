/** Turns what a GPU reports out of band (uncaptured errors, a lost device or context) into an error of the next engine call. */
import { EngineError } from '@/engine/engine';

/** What tfjs's backend computes on; nothing on wasm and cpu. */
export interface WatchedDevice {
  readonly device?: GPUDevice;
  /** The canvas behind WebGL's context. */
  readonly canvas?: EventTarget;
}

export class DeviceGuard {
  #message: string | null = null;
  #isDisposed = false;
  readonly #onError: (error: EngineError) => void;
  readonly #watched: WatchedDevice;

  /** `onError` hears of the first error at once. */
  constructor(watched: WatchedDevice, onError: (error: EngineError) => void = () => undefined) {
    this.#watched = watched;
    this.#onError = onError;
    const { device, canvas } = watched;
    canvas?.addEventListener('webglcontextlost', this.#onContextLost);
    // tfjs swallows these: a shader that does not compile leaves stale values and no sign.
    device?.addEventListener('uncapturederror', this.#onUncaptured);
    void device?.lost.then(({ message }) => {
      this.#report(`The GPU device was lost: ${message}`);
    });
  }

  readonly #onContextLost = (): void => {
    this.#report('The browser took the WebGL context away.');
  };

  readonly #onUncaptured = (event: Event): void => {
    const { error } = event as GPUUncapturedErrorEvent;
    this.#report(`WebGPU reported an error: ${error.message}`);
  };

  #report(message: string): void {
    if (this.#message !== null || this.#isDisposed) return;
    this.#message = message;
    this.#onError(new EngineError('device', message));
  }

  /** @throws EngineError `device` once an error has been seen: nothing computed since can be trusted. */
  check(): void {
    if (this.#message !== null) throw new EngineError('device', this.#message);
  }

  dispose(): void {
    this.#isDisposed = true;
    const { device, canvas } = this.#watched;
    device?.removeEventListener('uncapturederror', this.#onUncaptured);
    canvas?.removeEventListener('webglcontextlost', this.#onContextLost);
  }
}

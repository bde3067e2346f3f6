/** Turns what WebGPU reports out of band (uncaptured errors, a lost device) into an error of the next engine call. */
import { EngineError } from '@/engine/engine';

export class DeviceGuard {
  #message: string | null = null;
  readonly #onError: (error: EngineError) => void;
  readonly #device: GPUDevice | null;

  /** `device`: tfjs's own, or null on backends without one. `onError` hears of the first error at once. */
  constructor(device: GPUDevice | null, onError: (error: EngineError) => void = () => undefined) {
    this.#device = device;
    this.#onError = onError;
    if (device === null) return;
    // tfjs swallows these: a shader that does not compile leaves stale values and no sign.
    device.addEventListener('uncapturederror', this.#onUncaptured);
    void device.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed') this.#report(`The GPU device was lost: ${message}`);
    });
  }

  readonly #onUncaptured = (event: Event): void => {
    const { error } = event as GPUUncapturedErrorEvent;
    this.#report(`WebGPU reported an error: ${error.message}`);
  };

  #report(message: string): void {
    if (this.#message !== null) return;
    this.#message = message;
    this.#onError(new EngineError('device', message));
  }

  /** @throws EngineError `device` once an error has been seen: nothing computed since can be trusted. */
  check(): void {
    if (this.#message !== null) throw new EngineError('device', this.#message);
  }

  dispose(): void {
    this.#device?.removeEventListener('uncapturederror', this.#onUncaptured);
  }
}

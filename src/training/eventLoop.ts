/** Ways to wait in a worker without delaying what else has to happen. */

/**
 * Lets waiting events (commands, above all) be handled. A MessageChannel costs microseconds, where setTimeout waits 4 ms.
 */
export class EventLoopYielder {
  readonly #channel = new MessageChannel();
  #waiting: (() => void)[] = [];

  constructor() {
    this.#channel.port1.addEventListener('message', () => {
      const resolved = this.#waiting;
      this.#waiting = [];
      for (const resolve of resolved) resolve();
    });
    this.#channel.port1.start();
  }

  /** Resolves after a turn of the event loop. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#channel.port2.postMessage(null);
    });
  }

  /** Node does not end while a channel is open. */
  close(): void {
    this.#channel.port1.close();
  }
}

/** Something happened: everyone who waits goes and looks. */
export class Signal {
  #waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  notify(): void {
    const resolved = this.#waiting;
    this.#waiting = [];
    for (const resolve of resolved) resolve();
  }
}

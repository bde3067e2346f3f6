/** One user of the engine at a time, in the order of asking: a prediction slips in between two training steps. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve();

  /** Runs the task once everything asked for earlier is done; a failed task does not hold up the next. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

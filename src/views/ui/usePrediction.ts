/** Keeps asking the network what it reads: when the image changes at once, while it trains a few times a second. */
import { useEffect, useRef, useState } from 'react';
import { canPredict } from '@/store/selectors';
import { session } from '@/store/session';
import type { SessionState } from '@/store/sessionState';

type Image = Uint8Array<ArrayBuffer>;

export interface PredictionAnswer {
  /** [10] */
  readonly probabilities: Float32Array;
  readonly step: number;
}

const refreshMilliseconds = 200;

/** Which network stands there: a new answer is due when this changes. */
function networkVersion(state: SessionState): string | null {
  return canPredict(state) ? `${state.run?.runId}:${state.run?.step}` : null;
}

/** Asks about the newest image, one question at a time. */
class PredictionLoop {
  readonly #onAnswer: (answer: PredictionAnswer) => void;
  #image: Image | null = null;
  #askedImage: Image | null = null;
  #askedVersion: string | null = null;
  #isAsking = false;
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(onAnswer: (answer: PredictionAnswer) => void) {
    this.#onAnswer = onAnswer;
  }

  show(image: Image | null): void {
    this.#image = image;
    this.ask();
  }

  ask(): void {
    const image = this.#image;
    const version = networkVersion(session.store.getState());
    if (this.#isClosed || this.#isAsking || image === null || version === null) return;
    if (image === this.#askedImage) {
      if (version === this.#askedVersion) return;
      const wait = this.#notBefore - performance.now();
      if (wait > 0) {
        this.#timer ??= setTimeout(() => this.#askAgain(), wait);
        return;
      }
    }
    this.#askedImage = image;
    this.#askedVersion = version;
    void this.#request(image);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #askAgain(): void {
    this.#timer = undefined;
    this.ask();
  }

  async #request(image: Image): Promise<void> {
    this.#isAsking = true;
    const asked = performance.now();
    try {
      const answer = await session.actions.predict(image, 1);
      if (!this.#isClosed && this.#image !== null) this.#onAnswer(answer);
    } catch {
      // The run was replaced or its device lost: the next network is asked again.
      this.#askedVersion = null;
    }
    this.#isAsking = false;
    // A slow network is asked less often: its answers cost training time.
    const now = performance.now();
    this.#notBefore = now + Math.max(refreshMilliseconds, 4 * (now - asked));
    this.ask();
  }
}

/** The newest answer for the image; null for no image, and before the first answer. */
export function usePrediction(image: Image | null): PredictionAnswer | null {
  const [answer, setAnswer] = useState<PredictionAnswer | null>(null);
  const loop = useRef<PredictionLoop | null>(null);
  useEffect(() => {
    const created = new PredictionLoop(setAnswer);
    loop.current = created;
    const unsubscribe = session.store.subscribe(() => created.ask());
    return () => {
      unsubscribe();
      created.close();
    };
  }, []);
  useEffect(() => {
    if (image === null) setAnswer(null);
    loop.current?.show(image);
  }, [image]);
  return image === null ? null : answer;
}

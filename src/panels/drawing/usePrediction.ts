/** Keeps asking the network what it reads: when the images change at once, while it trains every now and then. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { followsTraining, networkVersion } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import type { Prediction, SessionState } from '@/session/sessionState';
import { type Reading, readingsOf } from '@/panels/drawing/readings';

type Images = Uint8Array<ArrayBuffer>;

export interface PredictionAnswer {
  /** [count, 10] row-major. */
  readonly probabilities: Float32Array;
  /** One an image. */
  readonly readings: readonly Reading[];
  /** Step of the network that answered. */
  readonly step: number;
  /** Whether it is of the images shown now; and, while nothing trains, of the network as it stands now. */
  readonly isCurrent: boolean;
}

/** What was asked, and what came back. */
interface Answered extends Prediction {
  readonly images: Images;
  readonly runId: string | undefined;
  readonly network: string;
}

const imageSize = 28 * 28;
const defaultRefreshMilliseconds = 200;
const longestPause = 5000;

/** While it trains every answer is of some steps ago. */
function isOfThisNetwork(state: SessionState, answered: Answered): boolean {
  return followsTraining(state) || networkVersion(state) === answered.network;
}

/** Asks about the newest images, one question at a time. */
class PredictionLoop {
  readonly #onAnswer: (answer: Answered | null) => void;
  readonly #refreshMilliseconds: number;
  #images: Images | null = null;
  #askedImages: Images | null = null;
  #askedVersion: string | null = null;
  #isAsking = false;
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(refreshMilliseconds: number, onAnswer: (answer: Answered | null) => void) {
    this.#refreshMilliseconds = refreshMilliseconds;
    this.#onAnswer = onAnswer;
  }

  show(images: Images | null): void {
    this.#images = images;
    if (images === null) this.#onAnswer(null);
    this.ask();
  }

  ask(): void {
    const images = this.#images;
    const state = session.store.getState();
    const version = networkVersion(state);
    if (this.#isClosed || this.#isAsking || images === null || version === null) return;
    if (images === this.#askedImages) {
      if (version === this.#askedVersion) return;
      // A network that stands still is asked at once: nothing is slowed down, and its answer is the last word.
      const wait = followsTraining(state) ? this.#notBefore - performance.now() : 0;
      if (wait > 0) {
        this.#timer ??= setTimeout(() => this.#askAgain(), wait);
        return;
      }
    }
    this.#askedImages = images;
    this.#askedVersion = version;
    void this.#request(images, version);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #askAgain(): void {
    this.#timer = undefined;
    this.ask();
  }

  async #request(images: Images, network: string): Promise<void> {
    this.#isAsking = true;
    const runId = session.store.getState().run?.runId;
    const asked = performance.now();
    try {
      const answer = await session.actions.predict(images, images.length / imageSize);
      if (!this.#isClosed && this.#images !== null) this.#onAnswer({ ...answer, images, runId, network });
    } catch {
      // The run was replaced or its device lost: the next network is asked again.
      this.#askedVersion = null;
    }
    this.#isAsking = false;
    // A slow network is asked less often: its answers cost training time.
    const now = performance.now();
    const pause = Math.min(longestPause, 8 * (now - asked));
    this.#notBefore = now + Math.max(this.#refreshMilliseconds, pause);
    this.ask();
  }
}

/** The newest answer for images of 28 x 28 bytes each; null for no image, and before a network's first answer. */
export function usePrediction(
  images: Images | null,
  refreshMilliseconds = defaultRefreshMilliseconds,
): PredictionAnswer | null {
  const [answer, setAnswer] = useState<Answered | null>(null);
  const loop = useRef<PredictionLoop | null>(null);
  useEffect(() => {
    const created = new PredictionLoop(refreshMilliseconds, setAnswer);
    loop.current = created;
    const unsubscribe = session.store.subscribe(() => created.ask());
    return () => {
      unsubscribe();
      created.close();
    };
  }, [refreshMilliseconds]);
  useEffect(() => {
    loop.current?.show(images);
  }, [images]);
  const runId = useSession((state) => state.run?.runId);
  const isOfNetwork = useSession((state) => answer !== null && isOfThisNetwork(state, answer));
  return useMemo(
    () =>
      images === null || answer === null || answer.runId !== runId
        ? null
        : {
            probabilities: answer.probabilities,
            readings: readingsOf(answer),
            step: answer.step,
            isCurrent: isOfNetwork && answer.images === images,
          },
    [images, answer, runId, isOfNetwork],
  );
}

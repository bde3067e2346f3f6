/** Asks a person before weights are dropped: one question at a time, open in the state until it is answered. */
import type { StoreApi } from 'zustand/vanilla';
import type { SessionState, StartChoice, WeightsQuestion } from '@/session/sessionState';

export interface WeightsQuestions {
  /** Null: leave everything as it is. Also where another question takes its place, or another run that of the weights. */
  ask(question: Omit<WeightsQuestion, 'runId'>): Promise<StartChoice | null>;
  answer(choice: StartChoice | null): void;
}

export function createWeightsQuestions(store: StoreApi<SessionState>): WeightsQuestions {
  let settle: ((choice: StartChoice | null) => void) | null = null;
  const answer = (choice: StartChoice | null): void => {
    const waiting = settle;
    settle = null;
    store.setState({ weightsQuestion: null });
    waiting?.(choice);
  };
  store.subscribe(({ weightsQuestion, run }) => {
    if (weightsQuestion !== null && run?.runId !== weightsQuestion.runId) answer(null);
  });
  return {
    ask: (question) => {
      answer(null);
      const { run } = store.getState();
      if (run === null) return Promise.resolve(null);
      return new Promise((resolve) => {
        settle = resolve;
        store.setState({ weightsQuestion: { ...question, runId: run.runId } });
      });
    },
    answer,
  };
}

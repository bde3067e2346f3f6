/** A request about the network on show, whose answer stays the newest while it trains, is looked back at or replaced. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { type Answered, AskLoop, isOfThisNetwork } from '@/session/askLoop';
import { session, useSession } from '@/session/session';
import type { RequestParams, RequestType, RequestValue } from '@/session/sessionState';

export interface NetworkAnswer<K extends RequestType> {
  readonly value: RequestValue<K>;
  /** What was asked. */
  readonly params: RequestParams<K>;
  /** Whether it is the answer to what is asked now; and, while nothing trains, of the network as it stands now. */
  readonly isCurrent: boolean;
}

export interface NetworkAnswerState<K extends RequestType> {
  /** Null while nothing is asked, and before a network's first answer. */
  readonly answer: NetworkAnswer<K> | null;
  /** In English, for detail: why the newest question was not answered. */
  readonly error: string | null;
}

interface State<K extends RequestType> {
  readonly answered: Answered<RequestParams<K>, RequestValue<K>> | null;
  readonly error: string | null;
}

const defaultRefreshMilliseconds = 200;

/**
 * `request` and `refreshMilliseconds` stay the same as long as the component lives.
 * @param params to be kept the same object (useMemo) as long as the question is the same; null: nothing is asked
 * @param refreshMilliseconds shortest pause between two answers while it trains; a slow answer is asked for less often
 */
export function useNetworkAnswer<K extends RequestType>(
  request: K,
  params: RequestParams<K> | null,
  refreshMilliseconds = defaultRefreshMilliseconds,
): NetworkAnswerState<K> {
  const [{ answered, error }, setState] = useState<State<K>>({ answered: null, error: null });
  const loop = useRef<AskLoop<RequestParams<K>, RequestValue<K>> | null>(null);
  useEffect(() => {
    const created = new AskLoop<RequestParams<K>, RequestValue<K>>({
      store: session.store,
      ask: (asked) => session.actions.ask(request, asked),
      onAnswer: (answer) => setState({ answered: answer, error: null }),
      onError: (reason) =>
        setState((state) => ({
          ...state,
          error: reason instanceof Error ? reason.message : String(reason),
        })),
      refreshMilliseconds,
    });
    loop.current = created;
    const unsubscribe = session.store.subscribe(() => created.ask());
    return () => {
      unsubscribe();
      created.close();
    };
  }, [request, refreshMilliseconds]);
  useEffect(() => {
    loop.current?.show(params);
  }, [params]);
  const runId = useSession((state) => state.run?.runId);
  const isOfNetwork = useSession((state) => answered !== null && isOfThisNetwork(state, answered));
  return useMemo(
    () => ({
      answer:
        params === null || answered === null || answered.runId !== runId
          ? null
          : {
              value: answered.value,
              params: answered.params,
              isCurrent: isOfNetwork && answered.params === params,
            },
      error: params === null ? null : error,
    }),
    [params, answered, runId, isOfNetwork, error],
  );
}

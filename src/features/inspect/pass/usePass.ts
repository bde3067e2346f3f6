/** Looks at a long question about the network (session/networkPass.ts). */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { NetworkPass, PassState } from '@/session/networkPass';
import type { RequestParams, RequestType } from '@/session/sessionState';

/** @param params to be kept the same object as long as the question is the same */
export function usePass<K extends RequestType>(pass: NetworkPass<K>, params: RequestParams<K>): PassState<K> {
  useEffect(() => pass.watch(params), [pass, params]);
  return useStore(pass.state);
}

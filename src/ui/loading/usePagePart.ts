import { useEffect, useSyncExternalStore } from 'react';
import type { PagePart, PartState } from '@/ui/loading/pagePart';

/** How far a part is; fetches it from the first rendering on. */
export function usePagePart<Value>(part: PagePart<Value>): PartState<Value> {
  const state = useSyncExternalStore(part.subscribe, part.state);
  useEffect(() => void part.load(), [part]);
  return state;
}

import { useEffect, useMemo } from 'react';
import { ownDrawings, useOwnDrawings, type OwnDrawing } from '@/session/ownDrawings';

const none: readonly OwnDrawing[] = [];

/** Own drawings for the classes of a data set; none before they are read. */
export function useDrawingsOf(data: string): readonly OwnDrawing[] {
  const drawings = useOwnDrawings((state) => state.drawings);
  useEffect(() => {
    void ownDrawings.load();
  }, []);
  return useMemo(() => drawings?.filter((one) => one.data === data) ?? none, [drawings, data]);
}

/** The clock of the player: it only says how many steps are due; the store does them. */
import { useReducedMotion } from '@mantine/hooks';
import { useEffect } from 'react';
import { stageLength } from '@/features/convLab/convLabDerived';
import { speeds } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';

/** With reduced motion the picture changes at most once in this time, in larger steps. */
const calmInterval = 1000;

export function usePlayback(): void {
  const playing = useLab((state) => state.playing);
  const speed = useLab((state) => speeds[state.speed] ?? null);
  const isCalm = useReducedMotion();
  useEffect(() => {
    if (!playing) return undefined;
    if (speed === null) {
      lab.actions.seek(stageLength(lab.store.getState().document));
      lab.actions.pause();
      return undefined;
    }
    let due = 0;
    let last = performance.now();
    let shown = last;
    let frame = 0;
    const tick = (now: number): void => {
      // Paused, but not yet rendered so: nothing more may move.
      if (!lab.store.getState().playing) return;
      // A hidden tab gets no frames: what it missed is not made up for.
      due += (Math.min(now - last, 2000) / 1000) * speed;
      last = now;
      if (due >= 1 && (!isCalm || now - shown >= calmInterval)) {
        const steps = Math.floor(due);
        due -= steps;
        shown = now;
        lab.actions.advance(steps);
      }
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [playing, speed, isCalm]);
}

/** Says the current product and sum to screen readers; while it plays fast, only now and then. */
import { VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useLab } from '@/features/convLab/convLabStore';
import { useAnnouncement } from '@/features/convLab/useAnnouncement';

/** Shortest time between two announcements while playing, in ms. */
const spoken = 2000;

export function LiveRegion() {
  const announce = useAnnouncement();
  const document = useLab((state) => state.document);
  const playing = useLab((state) => state.playing);
  const [said, setSaid] = useState('');
  const lastTime = useRef(0);
  const text = announce(document);
  useEffect(() => {
    const wait = playing ? Math.max(0, lastTime.current + spoken - performance.now()) : 0;
    const timer = setTimeout(() => {
      lastTime.current = performance.now();
      setSaid(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, playing]);
  return (
    <VisuallyHidden component="output" aria-live="polite" data-live>
      {said}
    </VisuallyHidden>
  );
}

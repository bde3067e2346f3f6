/** Keeps the lab in the address, so that a reload or a copied link brings it back. */
import { useEffect } from 'react';
import { decodeDocument, encodeDocument } from '@/store/convLabLink';
import { lab } from '@/store/convLabStore';

const prefix = '#lab=';
const writeDelay = 400;

/** The address of what is on screen; null when it is too large for a link. */
export function labAddress(): string | null {
  const text = encodeDocument(lab.store.getState().document);
  if (text === null) return null;
  const url = new URL(window.location.href);
  url.hash = `${prefix.slice(1)}${text}`;
  return url.href;
}

function readAddress(onBroken: () => void): void {
  const { hash } = window.location;
  if (!hash.startsWith(prefix)) return;
  const document = decodeDocument(hash.slice(prefix.length));
  if (document === null) onBroken();
  else if (encodeDocument(lab.store.getState().document) !== hash.slice(prefix.length))
    lab.actions.restore(document);
}

/** @param onBroken the address holds a lab that cannot be read; a stable function */
export function useLabLink(onBroken: () => void): void {
  useEffect(() => {
    const read = (): void => readAddress(onBroken);
    read();
    window.addEventListener('hashchange', read);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = lab.store.subscribe((state, before) => {
      if (state.document === before.document) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        const address = labAddress();
        if (address !== null) window.history.replaceState(window.history.state, '', address);
      }, writeDelay);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
      window.removeEventListener('hashchange', read);
    };
  }, [onBroken]);
}

/** Keeps the lab in the address and in storage, so that a reload, a copied link or the way back brings it back. */
import { useEffect } from 'react';
import { useLocationProperty } from 'wouter/use-browser-location';
import {
  decodeDocument,
  encodeDocument,
  saveDocument,
  type LabLinkProblem,
} from '@/features/convLab/convLabLink';
import { reportDocument } from '@/features/convLab/convLabState';
import { lab } from '@/features/convLab/convLabStore';
import { fragmentText } from '@/session/linkText';
import { tabStorage } from '@/session/tabStorage';

const parameter = 'lab';
/** Browsers allow about ten changes of the address a second. */
const writeDelay = 400;

/** What an address asked for in vain, and whether a lab was there that stays. */
export interface BrokenLink {
  readonly problem: LabLinkProblem;
  readonly isLabKept: boolean;
}

/**
 * The address's text that was read or written last, and what was wrong with it. The lab may have gone on from it, as
 * when the way back leads to this address, so it is not read again.
 */
let last: { readonly text: string | null; readonly broken: BrokenLink | null } | null = null;

/** The address of what is on screen; null when it is too large for a link. */
export function labAddress(): string | null {
  const text = encodeDocument(lab.store.getState().document);
  if (text === null) return null;
  const url = new URL(window.location.href);
  url.hash = `${parameter}=${text}`;
  return url.href;
}

/** Brings address and storage up to the lab; an untouched example leaves an address without a lab alone. */
function write(): void {
  const { document } = lab.store.getState();
  const text = encodeDocument(document);
  saveDocument(tabStorage(), document);
  const { hash, href } = window.location;
  if (fragmentText(hash, parameter) === null && text === encodeDocument(reportDocument())) return;
  const url = new URL(href);
  // Too large for a link: then none, rather than an earlier lab's.
  url.hash = text === null ? '' : `${parameter}=${text}`;
  last = { text, broken: null };
  if (url.href !== href) window.history.replaceState(window.history.state, '', url);
}

function read(hash: string, onBroken: (link: BrokenLink) => void): void {
  const text = fragmentText(hash, parameter);
  const isFirst = last === null;
  if (text !== null && text !== last?.text) {
    const decoded = decodeDocument(text);
    last = { text, broken: decoded.ok ? null : { problem: decoded.problem, isLabKept: !isFirst } };
    if (decoded.ok && encodeDocument(lab.store.getState().document) !== text)
      lab.actions.restore(decoded.document);
    if (!decoded.ok && isFirst) lab.actions.restore(reportDocument());
  }
  // A broken address stays until the next change, so that it can be looked at.
  if (text !== null && last !== null && last.broken !== null) onBroken(last.broken);
  else write();
}

/** Writes at the first of several changes and after the last, and nothing once another page has the address. */
function keepWritten(): () => void {
  const { pathname } = window.location;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPending = false;
  const settle = (): void => {
    timer = undefined;
    if (isPending) writeNow();
  };
  const writeNow = (): void => {
    isPending = false;
    timer = setTimeout(settle, writeDelay);
    if (window.location.pathname === pathname) write();
    else saveDocument(tabStorage(), lab.store.getState().document);
  };
  const flush = (): void => {
    if (isPending) writeNow();
    clearTimeout(timer);
    timer = undefined;
  };
  const unsubscribe = lab.store.subscribe((state, before) => {
    if (state.document === before.document) return;
    isPending = true;
    if (timer === undefined) writeNow();
  });
  window.addEventListener('pagehide', flush);
  return () => {
    flush();
    unsubscribe();
    window.removeEventListener('pagehide', flush);
  };
}

/** @param onBroken the address holds a lab that cannot be read; a stable function */
export function useLabLink(onBroken: (link: BrokenLink) => void): void {
  const hash = useLocationProperty(() => window.location.hash);
  useEffect(() => read(hash, onBroken), [hash, onBroken]);
  useEffect(keepWritten, []);
}

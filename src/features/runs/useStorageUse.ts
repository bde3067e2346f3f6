/** How much the browser keeps for this page, and whether it promises to keep it. */
import { useCallback, useEffect, useState } from 'react';

export interface StorageUse {
  /** Bytes of the whole page: runs, digits and all else; null where the browser does not say. */
  readonly used: number | null;
  /** Bytes that it may keep at all. */
  readonly quota: number | null;
  /** Null where the browser has no such promise. */
  readonly isPersistent: boolean | null;
}

const unknown: StorageUse = { used: null, quota: null, isPersistent: null };

/** Missing on plain http pages. */
const manager = (): StorageManager | undefined =>
  (navigator as { readonly storage?: StorageManager }).storage;

async function readUse(): Promise<StorageUse> {
  try {
    const storage = manager();
    if (storage === undefined) return unknown;
    const [{ usage = null, quota = null }, isPersistent] = await Promise.all([
      storage.estimate(),
      storage.persisted(),
    ]);
    return { used: usage, quota, isPersistent };
  } catch {
    return unknown;
  }
}

export interface StorageUseActions {
  readonly use: StorageUse;
  /** Asks the browser for its promise; gives its answer. */
  readonly askForPersistence: () => Promise<boolean>;
}

/** version: something else whenever it is to be read anew */
export function useStorageUse(version: unknown): StorageUseActions {
  const [use, setUse] = useState(unknown);
  useEffect(() => {
    let isCurrent = true;
    void readUse().then((read) => {
      if (isCurrent) setUse(read);
    });
    return () => {
      isCurrent = false;
    };
    // What is kept has changed.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [version]);
  const askForPersistence = useCallback(async () => {
    const isPersistent =
      (await manager()
        ?.persist()
        .catch(() => false)) ?? false;
    setUse((before) => ({ ...before, isPersistent }));
    return isPersistent;
  }, []);
  return { use, askForPersistence };
}

/**
 * What a tab keeps for its own reload, and the last one for the next visit: of two tabs side by side neither takes the
 * other's. A tab that was duplicated begins with a copy.
 */

type Kept = Pick<Storage, 'getItem' | 'setItem'>;

/** The page's storage, or null where the browser forbids it. */
function allowed(storage: () => Storage): Storage | null {
  try {
    return storage();
  } catch {
    return null;
  }
}

const browserPlaces = (): readonly (Kept | null)[] => [
  allowed(() => sessionStorage),
  allowed(() => localStorage),
];

/** Reads of the tab, else of the last visit; writes to both. Never throws: a full storage costs the next visit's start. */
export function tabStorage([tab = null, visits = null] = browserPlaces()): Kept {
  const read = (place: Kept | null, key: string): string | null => {
    try {
      return place?.getItem(key) ?? null;
    } catch {
      return null;
    }
  };
  return {
    getItem: (key) => read(tab, key) ?? read(visits, key),
    setItem: (key, value) => {
      for (const place of [tab, visits]) {
        try {
          place?.setItem(key, value);
        } catch {
          // Full, or forbidden after all.
        }
      }
    },
  };
}

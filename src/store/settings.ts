/** Settings that outlive a visit, in localStorage; what stands there is validated, since anything may. */
import * as v from 'valibot';
import { statisticsIntervals } from '@/model/layerStatistics';
import type { Settings } from '@/store/sessionState';

const storageKey = 'digit-lab.settings';

const settingsSchema = v.object({
  engineChoice: v.picklist(['auto', 'webgpu', 'webgl', 'wasm', 'cpu']),
  // Absent in what earlier versions stored.
  referenceEngine: v.optional(v.boolean(), false),
  logScale: v.boolean(),
  smoothing: v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)),
  statisticsInterval: v.optional(v.picklist(statisticsIntervals), 'auto'),
});

export const defaultSettings: Settings = {
  engineChoice: 'auto',
  referenceEngine: false,
  logScale: false,
  smoothing: 0.9,
  statisticsInterval: 'auto',
};

/** The stored settings; the defaults where none are, or where they cannot be read. */
export function loadSettings(storage: Pick<Storage, 'getItem'> | null): Settings {
  try {
    const text = storage?.getItem(storageKey) ?? null;
    if (text === null) return defaultSettings;
    const parsed = v.safeParse(settingsSchema, JSON.parse(text));
    return parsed.success ? parsed.output : defaultSettings;
  } catch {
    return defaultSettings;
  }
}

/** A full or forbidden storage costs the settings of the next visit, nothing else. */
export function saveSettings(storage: Pick<Storage, 'setItem'> | null, settings: Settings): void {
  try {
    storage?.setItem(storageKey, JSON.stringify(settings));
  } catch {
    // Private windows may forbid writing.
  }
}

/** localStorage, or null where the browser forbids it. */
export function browserStorage(): Storage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}

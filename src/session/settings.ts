/** Settings that outlive a visit, in localStorage; what stands there is validated, since anything may. */
import * as v from 'valibot';
import { statisticsIntervals } from '@/model/layerStatistics';
import { defaultKeyframeBytes } from '@/storage/runs/keyframePolicy';
import type { Settings } from '@/session/sessionState';

const storageKey = 'digit-lab.settings';

export const defaultSettings: Settings = {
  engineChoice: 'auto',
  referenceEngine: false,
  logScale: false,
  smoothing: 0.9,
  statisticsInterval: 'auto',
  keyframeBytes: defaultKeyframeBytes,
};

// Each by itself: an absent or unknown value, such as another version's, costs its own setting alone.
const settingsSchema = v.object({
  engineChoice: v.fallback(
    v.picklist(['auto', 'webgpu', 'webgl', 'wasm', 'cpu']),
    defaultSettings.engineChoice,
  ),
  referenceEngine: v.fallback(v.boolean(), defaultSettings.referenceEngine),
  logScale: v.fallback(v.boolean(), defaultSettings.logScale),
  smoothing: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), defaultSettings.smoothing),
  statisticsInterval: v.fallback(v.picklist(statisticsIntervals), defaultSettings.statisticsInterval),
  keyframeBytes: v.fallback(
    v.pipe(v.number(), v.integer(), v.minValue(1e6), v.maxValue(100e9)),
    defaultSettings.keyframeBytes,
  ),
} satisfies Record<keyof Settings, v.GenericSchema>);

/** The stored settings, each a default where it is absent or cannot be read. */
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

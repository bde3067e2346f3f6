import { describe, expect, it } from 'vitest';
import { defaultSettings, loadSettings, saveSettings } from './settings';

function storageWith(text: string | null) {
  let stored = text;
  return {
    getItem: () => stored,
    setItem: (_: string, value: string) => {
      stored = value;
    },
  };
}

describe('settings', () => {
  it('come back as they were saved', () => {
    const storage = storageWith(null);
    const settings = {
      engineChoice: 'wasm',
      referenceEngine: true,
      logScale: true,
      smoothing: 0.5,
      statisticsInterval: 10,
    } as const;
    saveSettings(storage, settings);
    expect(loadSettings(storage)).toEqual(settings);
  });

  it.each([null, '', '{', '[]', '{"engineChoice":"gpu","logScale":true,"smoothing":0.5}', '{"smoothing":2}'])(
    'are the defaults where %j is stored',
    (text) => {
      expect(loadSettings(storageWith(text))).toEqual(defaultSettings);
    },
  );

  it('survive a storage that refuses', () => {
    const refuse = () => {
      throw new Error('denied');
    };
    expect(loadSettings({ getItem: refuse })).toEqual(defaultSettings);
    expect(() => {
      saveSettings({ setItem: refuse }, defaultSettings);
    }).not.toThrow();
  });
});

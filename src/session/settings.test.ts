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
      keyframeBytes: 5e6,
    } as const;
    saveSettings(storage, settings);
    expect(loadSettings(storage)).toEqual(settings);
  });

  it.each([null, '', '{', '[]', 'null', '5', '{"smoothing":2}', '{"engineChoice":"webnn"}'])(
    'are the defaults where %j is stored',
    (text) => {
      expect(loadSettings(storageWith(text))).toEqual(defaultSettings);
    },
  );

  it('lose what is unknown or absent, and nothing else', () => {
    const stored = '{"engineChoice":"webnn","logScale":true,"smoothing":0.5,"statisticsInterval":7,"new":1}';
    expect(loadSettings(storageWith(stored))).toEqual({ ...defaultSettings, logScale: true, smoothing: 0.5 });
    expect(loadSettings(storageWith('{"engineChoice":"wasm","smoothing":"much"}'))).toEqual({
      ...defaultSettings,
      engineChoice: 'wasm',
    });
  });

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

import { describe, expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { draftFromQuery, draftToQuery, loadDraft, saveDraft } from './draftLink';

describe('draft links', () => {
  it('carry the draft there and back', () => {
    const draft = { ...defaultConfig('lenet'), learningRate: 0.1, batchSize: 32 };
    expect(draftFromQuery(`?${draftToQuery(draft)}`)).toEqual({ config: draft, issues: [] });
  });

  it('leave pages without a setting in their link alone', () => {
    expect(draftFromQuery('')).toBeNull();
    expect(draftFromQuery('?theme=dark')).toBeNull();
    expect(draftFromQuery('?fbclid=x')).toBeNull();
  });

  it('need no network', () => {
    const config = { ...defaultConfig('mynn'), learningRate: 0.1 };
    expect(draftFromQuery('?learningRate=0.1')).toEqual({ config, issues: [] });
  });

  it('arrive as chat programs send them, and without a word on parameters that track', () => {
    const config = { ...defaultConfig('lenet'), epochs: 3 };
    for (const query of [
      '?network%3Dlenet%26epochs%3D3',
      '?network=lenet&epochs=3&fbclid=x&utm_source=y',
      '?network=lenet&epochs=3).',
    ]) {
      expect(draftFromQuery(query)).toEqual({ config, issues: [] });
    }
  });

  it('say what is misspelt', () => {
    expect(draftFromQuery('?network=lenet&lerningRate=0.1&utm_source=y')?.issues).toEqual([
      { code: 'unknown_key', key: 'lerningRate', value: '0.1' },
    ]);
  });

  it('say what could not be used', () => {
    const link = draftFromQuery('?network=lenet&batchSize=lots');
    expect(link?.config).toEqual(defaultConfig('lenet'));
    expect(link?.issues).toMatchObject([{ code: 'not_a_number', key: 'batchSize' }]);
  });

  it('are kept for the next visit', () => {
    let stored: string | null = null;
    const storage = {
      getItem: () => stored,
      setItem: (_: string, value: string) => {
        stored = value;
      },
    };
    expect(loadDraft(storage)).toEqual(defaultConfig('mynn'));
    saveDraft(storage, defaultConfig('vgg2'));
    expect(loadDraft(storage)).toEqual(defaultConfig('vgg2'));
  });
});

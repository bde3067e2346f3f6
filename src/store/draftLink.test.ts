import { describe, expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { draftFromQuery, draftToQuery, loadDraft, saveDraft } from './draftLink';

describe('draft links', () => {
  it('carry the draft there and back', () => {
    const draft = { ...defaultConfig('lenet'), learningRate: 0.1, batchSize: 32 };
    expect(draftFromQuery(`?${draftToQuery(draft)}`)).toEqual({ config: draft, issues: [] });
  });

  it('leave pages without a network in their link alone', () => {
    expect(draftFromQuery('')).toBeNull();
    expect(draftFromQuery('?theme=dark')).toBeNull();
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
    expect(loadDraft(null)).toEqual(defaultConfig('mynn'));
  });
});

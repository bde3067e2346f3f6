import { describe, expect, it } from 'vitest';
import { configToQuery } from '@/model/configQuery';
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

  /** The network of a link that is too long to be read. */
  const large = { ...defaultConfig('lenet'), epochs: 3 };
  const custom = { ...large, network: { ...large.network, id: 'custom', name: '我的网络' } };

  it('are readable while they are short, and packed where a network of one’s own is in them', () => {
    expect(draftToQuery(large)).toBe('v=1&network=lenet&epochs=3');
    const packed = draftToQuery(custom);
    expect(packed).toMatch(/^c=1\.[\w-]+$/u);
    expect(packed.length).toBeLessThan(500);
    expect(packed.length).toBeLessThan(new URLSearchParams(configToQuery(custom)).toString().length / 3);
    for (const query of [packed, `?${packed}&fbclid=x`, `#${packed}).`])
      expect(draftFromQuery(query)).toEqual({ config: custom, issues: [] });
    // As earlier versions of the page wrote it.
    const before = new URLSearchParams(configToQuery(custom)).toString();
    expect(draftFromQuery(before)).toEqual({ config: custom, issues: [] });
  });

  it('say what is wrong where they are broken, and open with the defaults', () => {
    const packed = draftToQuery(custom);
    const codeOf = (query: string) => {
      const link = draftFromQuery(query);
      expect(link?.config).toEqual(defaultConfig('mynn'));
      return link?.issues.map(({ code }) => code);
    };
    for (const length of [6, 20, packed.length - 5])
      expect(codeOf(packed.slice(0, length))).toEqual(['cut_off']);
    expect(codeOf(`c=2.${packed.slice(4)}`)).toEqual(['newer_version']);
    expect(codeOf('c=1.AAAA*AAAA')).toEqual(['damaged']);
    for (let at = 4; at < packed.length; at += 7) {
      const letter = packed[at] === 'A' ? 'B' : 'A';
      expect(['cut_off', 'damaged']).toContain(
        codeOf(packed.slice(0, at) + letter + packed.slice(at + 1))?.[0],
      );
    }
    expect(draftFromQuery('v=7&network=lenet')).toMatchObject({
      config: defaultConfig('lenet'),
      issues: [{ code: 'newer_version', value: '7' }],
    });
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

import { describe, expect, it } from 'vitest';
import { tabStorage } from '@/session/tabStorage';

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      kept.set(key, value);
    },
  };
}

describe('two tabs', () => {
  it('keep their own, and the next visit begins with the last', () => {
    const visits = memory();
    const first = tabStorage([memory(), visits]);
    const second = tabStorage([memory(), visits]);
    first.setItem('draft', 'a');
    second.setItem('draft', 'b');
    expect(first.getItem('draft')).toBe('a');
    expect(second.getItem('draft')).toBe('b');
    expect(tabStorage([memory(), visits]).getItem('draft')).toBe('b');
  });

  it('do without storage that is forbidden or full', () => {
    const refuse = () => {
      throw new Error('denied');
    };
    const visits = memory();
    const half = tabStorage([{ getItem: refuse, setItem: refuse }, visits]);
    half.setItem('draft', 'a');
    expect(half.getItem('draft')).toBe('a');
    expect(tabStorage([null, null]).getItem('draft')).toBeNull();
  });
});

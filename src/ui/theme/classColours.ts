/**
 * Ten colours that tell kinds of things apart, as plain values. Ten hues cannot be told apart by every eye: what has such a colour also
 * has a mark, a dash or its name beside it. Each has a contrast of at least 3 with the panel that it lies on.
 */
const light = [
  '#332288',
  '#0072b2',
  '#117733',
  '#882255',
  '#b35900',
  '#aa4499',
  '#007f73',
  '#cc3311',
  '#6f6f00',
  '#5a5f69',
] as const;

const dark = [
  '#9aa5ff',
  '#56b4e9',
  '#6bcb77',
  '#f28bb1',
  '#ffb000',
  '#e07be0',
  '#44d9c0',
  '#ff7a6b',
  '#ddcc77',
  '#c3c8d1',
] as const;

/** The colour of number `index`; after ten they begin anew. */
export function classColour(scheme: 'light' | 'dark', index: number): string {
  const colours = scheme === 'light' ? light : dark;
  return colours[index % colours.length] ?? colours[0];
}

/** Every pair of colours that the theme puts on each other reads well enough (WCAG 2.2, AA), also where axe cannot tell: in SVG, on images. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classColour } from '@/ui/theme/classColours';
import { cellColors, paletteOf } from '@/ui/theme/palette';
import { contrast, type Rgb } from '@/ui/theme/luminance';

const css = readFileSync(new URL('theme.css', import.meta.url), 'utf8');
const html = readFileSync(new URL('../../../index.html', import.meta.url), 'utf8');

/** 1.4.3: text. 1.4.11: curves, marks and edges of controls that mean something. */
const text = 4.5;
const graphic = 3;

function tokensOf(selector: string): ReadonlyMap<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`));
  const body = block.slice(0, block.indexOf('}'));
  return new Map(
    [...body.matchAll(/(--[\w-]+): (#[\da-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

const light = tokensOf(':root');
const dark = new Map([...light, ...tokensOf(":root[data-mantine-color-scheme='dark']")]);

/** Of `#rrggbb` or `rgb(r g b)`. */
function rgbOf(color: string): Rgb {
  const parts = color.startsWith('#')
    ? [...color.matchAll(/[\da-f]{2}/g)].map(([part]) => Number.parseInt(part, 16))
    : [...color.matchAll(/\d+/g)].map(Number);
  const [red, green, blue] = parts;
  if (red === undefined || green === undefined || blue === undefined)
    throw new Error(`Not a colour: ${color}.`);
  return [red, green, blue];
}

const grounds = ['--app-bg', '--app-panel', '--app-panel-raised', '--app-inset'] as const;
const on = (fronts: readonly string[], backs: readonly string[], least: number) =>
  fronts.flatMap((front) => backs.map((back) => ({ front, back, least })));

const series = [
  '--series-train',
  '--series-test-loss',
  '--series-accuracy',
  '--series-4',
  '--app-accent',
  '--state-bad',
] as const;

const pairs = [
  ...on(['--app-text', '--app-muted'], grounds, text),
  ...on(['--app-text', '--app-accent-text'], ['--app-accent-soft'], text),
  ...on(['--app-accent-text', '--state-good', '--state-bad', '--state-warn'], grounds, text),
  ...(['good', 'bad', 'warn'] as const).flatMap((state) =>
    on([`--state-${state}`, '--app-text'], [`--state-${state}-soft`], text),
  ),
  ...on(['--chart-axis'], ['--app-panel'], text),
  ...on(series, ['--app-panel', '--app-inset'], graphic),
];

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('%s', (scheme, tokens) => {
  test.each(pairs)('$front on $back: at least $least', ({ front, back, least }) => {
    const [foreground, background] = [tokens.get(front), tokens.get(back)];
    if (foreground === undefined || background === undefined)
      throw new Error(`theme.css lacks ${front} or ${back}.`);
    expect(contrast(rgbOf(foreground), rgbOf(background))).toBeGreaterThanOrEqual(least);
  });

  test.each(series)('an amount over its bar in the colour of %s', (front) => {
    // table.module.css: 22 % of the kind's colour over the panel.
    const [ink, panel] = [rgbOf(tokens.get(front) ?? ''), rgbOf(tokens.get('--app-panel') ?? '')];
    const mix = (at: 0 | 1 | 2): number => 0.22 * ink[at] + 0.78 * panel[at];
    expect(contrast(rgbOf(tokens.get('--app-text') ?? ''), [mix(0), mix(1), mix(2)])).toBeGreaterThanOrEqual(
      text,
    );
  });

  test('numbers in the grids of the conv lab, over the whole scale', () => {
    const palette = paletteOf(scheme);
    for (let value = -64; value <= 64; value += 1) {
      const { fill, ink } = cellColors(palette, value, 64);
      expect(contrast(rgbOf(ink), rgbOf(fill)), `${value} of 64`).toBeGreaterThanOrEqual(text);
    }
  });

  test('ten colours that tell things apart', () => {
    for (let index = 0; index < 10; index += 1) {
      for (const ground of ['--app-panel', '--app-inset']) {
        const back = rgbOf(tokens.get(ground) ?? '');
        const ratio = contrast(rgbOf(classColour(scheme, index)), back);
        expect(ratio, `${index} on ${ground}`).toBeGreaterThanOrEqual(graphic);
      }
    }
  });

  test('the ground that index.html paints before the styles are there is the theme’s', () => {
    const ground = tokens.get('--app-bg') ?? '';
    const inStyle = scheme === 'light' ? /html \{\s*background: (#\w+)/ : /'dark'\] \{\s*background: (#\w+)/;
    expect(inStyle.exec(html)?.[1]).toBe(ground);
    expect(html).toContain(`content="${ground}" media="(prefers-color-scheme: ${scheme})"`);
  });
});

/** What stands on a page of its own as an SVG, drawn again without the page's styles. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { drawSvg } from '@/ui/export/pictureFiles';
import { shownPicture } from '@/ui/export/shownPicture';

let region: HTMLElement;

beforeEach(() => {
  document.documentElement.style.setProperty('--ink', 'rgb(0, 0, 255)');
  region = document.createElement('section');
  region.style.cssText =
    'position: absolute; left: 40px; top: 60px; width: 200px; background: rgb(250, 250, 250)';
  region.innerHTML = `
    <header data-unsaved>Title</header>
    <button>Control</button>
    <div style="position: relative; height: 100px">
      <svg width="100" height="100"><rect width="100" height="100" style="fill: var(--ink)" /></svg>
      <canvas width="2" height="2" style="position: absolute; top: 0; left: 100px; width: 100px; height: 100px; image-rendering: pixelated"></canvas>
    </div>
    <div style="height: 10px; background: linear-gradient(to right, rgb(255, 0, 0), rgb(0, 0, 0))"></div>
    <div style="height: 10px; background: rgb(0, 0, 0)"></div>
    <p style="margin: 0; width: 90px">two lines of <b>words &amp; signs</b></p>
    <select><option>first</option><option selected>second</option></select>`;
  document.body.append(region);
  const context = region.querySelector('canvas')?.getContext('2d');
  if (context === null || context === undefined) throw new Error('No canvas.');
  context.fillStyle = 'rgb(0, 255, 0)';
  context.fillRect(0, 0, 1, 2);
});
afterEach(() => region.remove());

it('has drawings, canvases, scales and texts where they stand, and no controls', async () => {
  const source = shownPicture(region, 'A <heading>');
  const svg = new DOMParser().parseFromString(source, 'image/svg+xml');
  expect(svg.querySelector('parsererror')).toBeNull();
  const texts = [...svg.querySelectorAll('text')].map(({ textContent }) => textContent);
  expect(texts[0]).toBe('A <heading>');
  expect(texts.join(' ')).toContain('words & signs');
  expect(texts).toContain('second');
  for (const left of ['Title', 'Control', 'first']) expect(texts).not.toContain(left);
  expect(source).not.toContain('var(');
  // Wrapped as on the page.
  expect(texts.length).toBeGreaterThan(3);

  const picture = await drawSvg(source, 1);
  const at = (x: number, y: number): number[] => [
    ...(picture.getContext('2d')?.getImageData(16 + x, 16 + 30 + y, 1, 1).data ?? []),
  ];
  const top = (region.querySelector('svg')?.getBoundingClientRect().top ?? 0) - 60;
  // The region begins with what is left out, so the picture begins at the drawing.
  expect(top).toBeGreaterThan(0);
  expect(at(50, 50)).toEqual([0, 0, 255, 255]);
  expect(at(110, 50)).toEqual([0, 255, 0, 255]);
  // Where the canvas is clear, the paper.
  expect(at(190, 50)).toEqual([250, 250, 250, 255]);
  expect(at(1, 105)[0]).toBeGreaterThan(240);
  expect(at(198, 105)[0]).toBeLessThan(15);
  expect(at(100, 115)).toEqual([0, 0, 0, 255]);
});

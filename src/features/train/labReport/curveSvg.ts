/** Curves as an SVG picture of its own, for a report: no style sheet, no font of the page. */
import { linearDomain, niceTicks } from '@/ui/chart/chartScale';

export interface SvgCurve {
  readonly label: string;
  readonly steps: readonly number[];
  /** NaN and infinity leave a gap. */
  readonly values: readonly number[];
  readonly hasDots?: boolean;
  readonly opacity?: number;
}

export interface SvgChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  readonly curves: readonly SvgCurve[];
}

const size = { width: 760, height: 380 };
const margin = { left: 76, right: 20, top: 44, bottom: 56 };
/** Colours that differ in lightness too, and dashes for who sees neither. */
const colours = ['#2660cc', '#b8480f', '#0a7566', '#8a3ea8', '#586173', '#a3123f'];
const dashes = ['', '7 4', '2 3', '10 4 2 4', '5 2', '1 4'];

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function curveSvg({ title, xLabel, yLabel, formatX, formatY, curves }: SvgChart): string {
  let [low, high, last] = [Infinity, -Infinity, 1];
  for (const { steps, values } of curves) {
    last = Math.max(last, steps.at(-1) ?? 0);
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const [from, to] = linearDomain(low, high);
  const x = (step: number): number => margin.left + (step / last) * (size.width - margin.left - margin.right);
  const y = (value: number): number =>
    size.height - margin.bottom - ((value - from) / (to - from)) * (size.height - margin.top - margin.bottom);
  const text = (at: string, content: string, anchor = 'middle'): string =>
    `<text ${at} text-anchor="${anchor}">${escapeXml(content)}</text>`;
  const yTicks = niceTicks(from, to).map(
    (tick) =>
      `<line x1="${margin.left}" x2="${size.width - margin.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#e2e5eb"/>${text(`x="${margin.left - 8}" y="${(y(tick) + 4).toFixed(1)}"`, formatY(tick), 'end')}`,
  );
  const xTicks = niceTicks(0, last).map((tick) =>
    text(`x="${x(tick).toFixed(1)}" y="${size.height - margin.bottom + 20}"`, formatX(tick)),
  );
  const lines = curves.map(({ steps, values, hasDots = false, opacity = 1 }, i) => {
    const colour = colours[i % colours.length] ?? '';
    const dots: string[] = [];
    let isDrawing = false;
    const path = steps
      .map((step, at) => {
        const value = values[at] ?? NaN;
        if (!Number.isFinite(value)) {
          isDrawing = false;
          return '';
        }
        const [cx, cy] = [x(step).toFixed(1), y(value).toFixed(1)];
        if (hasDots) dots.push(`<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`);
        const part = `${isDrawing ? 'L' : 'M'}${cx} ${cy}`;
        isDrawing = true;
        return part;
      })
      .join('');
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="1.8" stroke-linejoin="round" stroke-dasharray="${dashes[i % dashes.length] ?? ''}"/>${dots.join('')}`;
  });
  const legendWidth = (size.width - margin.left - margin.right) / Math.max(1, curves.length);
  const legend = curves.map(({ label }, i) => {
    const left = margin.left + i * legendWidth;
    const short =
      label.length * 7 > legendWidth - 34
        ? `${label.slice(0, Math.floor((legendWidth - 34) / 7) - 1)}…`
        : label;
    return `<line x1="${left}" x2="${left + 24}" y1="22" y2="22" stroke="${colours[i % colours.length] ?? ''}" stroke-width="2.5" stroke-dasharray="${dashes[i % dashes.length] ?? ''}"/>${text(`x="${left + 30}" y="26"`, short, 'start')}`;
  });
  const middle = (margin.top + size.height - margin.bottom) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="13" fill="#171b24"><title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>${yTicks.join('')}<line x1="${margin.left}" x2="${size.width - margin.right}" y1="${size.height - margin.bottom}" y2="${size.height - margin.bottom}" stroke="#c6ccd6"/>${xTicks.join('')}${text(`x="${(margin.left + size.width - margin.right) / 2}" y="${size.height - 12}"`, xLabel)}${text(`transform="translate(18 ${middle}) rotate(-90)"`, yLabel)}${lines.join('')}${legend.join('')}</svg>\n`;
}

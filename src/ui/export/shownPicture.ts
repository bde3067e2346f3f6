/**
 * What stands in a part of the page as the source of an SVG: drawings stay drawings, canvases become images, and texts, lines and
 * grounds are drawn where they stand. Colours and fonts are written out, since a file has no CSS of the page.
 */
import { textWidth } from '@/ui/text/textWidth';

/** Left out of a picture: what one works with, and what stands there for a moment (`data-unsaved`). */
const unsaved = '[data-unsaved], label, [role="slider"], button:not(:has(canvas))';

const margin = 16;
const headingHeight = 30;
const headingSize = 15;
/** Another font than the page's, and bold, takes so much more. */
const fontRoom = 1.3;
const namespace = 'http://www.w3.org/2000/svg';

/** What of an SVG element's style shows. */
const drawnStyles = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'visibility',
  'vector-effect',
] as const;

type Attributes = Readonly<Record<string, string | number>>;

function svgElement(name: string, attributes: Attributes): SVGElement {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Computed colours have their alpha behind a fourth comma or a slash. */
const isClear = (colour: string): boolean => /^rgba\(.*,\s*0\)$|\/\s*0\)$/.test(colour);

/** The first ground behind the element that one cannot see through. */
function paperBehind(element: Element | null): string {
  if (element === null) return '#ffffff';
  const { backgroundColor } = getComputedStyle(element);
  return isClear(backgroundColor) ? paperBehind(element.parentElement) : backgroundColor;
}

function cloneDrawing(drawing: SVGSVGElement): SVGSVGElement {
  const clone = drawing.cloneNode(true) as SVGSVGElement;
  const copies = [clone, ...clone.querySelectorAll('*')];
  for (const [i, original] of [drawing, ...drawing.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(original);
    const copy = copies[i];
    for (const name of drawnStyles) copy?.setAttribute(name, style.getPropertyValue(name));
    copy?.removeAttribute('class');
    copy?.removeAttribute('style');
  }
  return clone;
}

/** A canvas as it looks: where CSS turns its ink, turned. */
function canvasImage(canvas: HTMLCanvasElement, filter: string): string {
  if (filter === 'none') return canvas.toDataURL();
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  const source = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
  if (context === null || source === undefined) return canvas.toDataURL();
  if (filter === 'invert(1)')
    for (const [i, value] of source.data.entries()) if (i % 4 !== 3) source.data[i] = 255 - value;
  context.putImageData(source, 0, 0);
  return copy.toDataURL();
}

/** A gradient from left to right with colours at even distances, as the page's scales have; null: another ground. */
function gradientColours(image: string): readonly string[] | null {
  if (!/^linear-gradient\((90deg|to right),/.test(image)) return null;
  return image.match(/rgba?\([^)]*\)|color\([^)]*\)|oklch\([^)]*\)/g);
}

/** A text node's lines as the page broke them. */
function linesOf(node: Text): { readonly text: string; readonly place: DOMRect }[] {
  const lines: { text: string; place: DOMRect }[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const [place] = range.getClientRects();
    if (place === undefined) continue;
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.place.top - place.top) < place.height / 2) {
      last.text += ` ${word.trimEnd()}`;
      last.place = DOMRect.fromRect({
        x: last.place.x,
        y: last.place.y,
        width: place.right - last.place.left,
        height: last.place.height,
      });
    } else {
      lines.push({ text: word.trimEnd(), place });
    }
  }
  return lines;
}

/** What a field says; null: no field. */
function writtenIn(element: Element): string | null {
  if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.text ?? '';
  return element instanceof HTMLInputElement ? element.value : null;
}

class PictureOf {
  readonly content = svgElement('g', {});
  readonly #defs = svgElement('defs', {});
  /** Of all that was drawn, in the window's pixels. */
  readonly #edges = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

  constructor() {
    this.content.append(this.#defs);
  }

  get edges(): Readonly<Record<'left' | 'top' | 'right' | 'bottom', number>> {
    const { left, top, right, bottom } = this.#edges;
    return right < left ? { left: 0, top: 0, right: 0, bottom: 0 } : { left, top, right, bottom };
  }

  #covers({ left, top, right, bottom }: DOMRect): void {
    this.#edges.left = Math.min(this.#edges.left, left);
    this.#edges.top = Math.min(this.#edges.top, top);
    this.#edges.right = Math.max(this.#edges.right, right);
    this.#edges.bottom = Math.max(this.#edges.bottom, bottom);
  }

  draw(element: Element, into: SVGElement): void {
    if (element.matches(unsaved)) return;
    const style = getComputedStyle(element);
    const place = element.getBoundingClientRect();
    if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return;
    // For screen readers alone.
    if (style.position === 'absolute' && place.width <= 1) return;
    const group = style.opacity === '1' ? into : svgElement('g', { opacity: style.opacity });
    if (group !== into) into.append(group);
    if (element instanceof SVGSVGElement) {
      this.#drawing(element, place, group);
      return;
    }
    this.#ground(style, place, group);
    if (element instanceof HTMLCanvasElement) {
      this.#canvas(element, style, place, group);
      return;
    }
    const written = writtenIn(element);
    if (written !== null) {
      this.#line(written, place, style, group, Number.parseFloat(style.paddingLeft));
      return;
    }
    for (const child of element.childNodes) {
      if (child instanceof Element) this.draw(child, group);
      else if (child instanceof Text) this.#text(child, style, group);
    }
  }

  #drawing(drawing: SVGSVGElement, { x, y, width, height }: DOMRect, into: SVGElement): void {
    this.#covers(new DOMRect(x, y, width, height));
    const clone = cloneDrawing(drawing);
    for (const [key, value] of Object.entries({ x, y, width, height }))
      clone.setAttribute(key, String(value));
    into.append(clone);
  }

  #canvas(canvas: HTMLCanvasElement, style: CSSStyleDeclaration, place: DOMRect, into: SVGElement): void {
    if (canvas.width === 0 || canvas.height === 0 || place.width === 0) return;
    this.#covers(place);
    const { x, y, width, height } = place;
    const preserveAspectRatio = style.objectFit === 'cover' ? 'xMinYMid slice' : 'none';
    const image = svgElement('image', { x, y, width, height, preserveAspectRatio });
    image.setAttribute('href', canvasImage(canvas, style.filter));
    if (style.imageRendering === 'pixelated') image.setAttribute('style', 'image-rendering: pixelated');
    into.append(image);
  }

  #text(node: Text, style: CSSStyleDeclaration, into: SVGElement): void {
    for (const { text, place } of linesOf(node)) this.#line(text, place, style, into);
  }

  #line(text: string, place: DOMRect, style: CSSStyleDeclaration, into: SVGElement, indent = 0): void {
    this.#covers(place);
    const line = svgElement('text', {
      x: place.left + indent,
      y: (place.top + place.bottom) / 2,
      dy: '0.355em',
      fill: style.color,
      'font-family': style.fontFamily,
      'font-size': style.fontSize,
      'font-weight': style.fontWeight,
      // Another font than the page's must not run into its neighbour.
      ...(indent === 0 && { textLength: place.width, lengthAdjust: 'spacingAndGlyphs' }),
    });
    line.textContent = style.textTransform === 'uppercase' ? text.toUpperCase() : text;
    into.append(line);
  }

  /** Ground and border of a box. */
  #ground(style: CSSStyleDeclaration, place: DOMRect, into: SVGElement): void {
    const { x, y, width, height } = place;
    if (width === 0) return;
    const rx = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2);
    const colours = gradientColours(style.backgroundImage);
    const fill = colours === null ? style.backgroundColor : this.#gradient(colours);
    if (!isClear(fill) && height > 0) {
      this.#covers(place);
      into.append(svgElement('rect', { x, y, width, height, rx, fill }));
    }
    for (const side of ['top', 'right', 'bottom', 'left'] as const) {
      const thick = Number.parseFloat(style.getPropertyValue(`border-${side}-width`));
      const stroke = style.getPropertyValue(`border-${side}-color`);
      if (thick === 0 || style.getPropertyValue(`border-${side}-style`) === 'none' || isClear(stroke))
        continue;
      this.#covers(place);
      const isAcross = side === 'top' || side === 'bottom';
      const at = { top: y, bottom: y + height - thick, left: x, right: x + width - thick }[side] + thick / 2;
      const dashes = style.getPropertyValue(`border-${side}-style`) === 'dashed' ? '4 3' : 'none';
      into.append(
        svgElement('line', {
          x1: isAcross ? x : at,
          x2: isAcross ? x + width : at,
          y1: isAcross ? at : y,
          y2: isAcross ? at : y + height,
          stroke,
          'stroke-width': thick,
          'stroke-dasharray': dashes,
        }),
      );
    }
  }

  #gradient(colours: readonly string[]): string {
    const id = `scale-${this.#defs.childElementCount}`;
    const gradient = svgElement('linearGradient', { id });
    for (const [i, colour] of colours.entries())
      gradient.append(svgElement('stop', { offset: i / (colours.length - 1), 'stop-color': colour }));
    this.#defs.append(gradient);
    return `url(#${id})`;
  }
}

/** @param heading stands above what is shown */
export function shownPicture(region: Element, heading: string): string {
  const picture = new PictureOf();
  for (const child of region.children) picture.draw(child, picture.content);
  const { left, top, right, bottom } = picture.edges;
  const head = heading === '' ? 0 : headingHeight;
  const width = Math.ceil(Math.max(right - left, fontRoom * textWidth(heading, headingSize))) + 2 * margin;
  const height = Math.ceil(bottom - top) + 2 * margin + head;
  const style = getComputedStyle(region);
  const svg = svgElement('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  const title = svgElement('text', {
    x: margin,
    y: margin + 12,
    fill: style.color,
    'font-family': style.fontFamily,
    'font-size': headingSize,
    'font-weight': 650,
  });
  title.textContent = heading;
  picture.content.setAttribute('transform', `translate(${margin - left} ${margin + head - top})`);
  svg.append(svgElement('rect', { width, height, fill: paperBehind(region) }), title, picture.content);
  return new XMLSerializer().serializeToString(svg);
}

/** Lines of a text within a width: an SVG file breaks none by itself. */

/** Words with the space or mark behind each; Chinese, which has no spaces, breaks behind any sign. */
const piecesOf = (text: string): readonly string[] =>
  text.match(/[\u2e80-\uffef][，。；：、）]?|[^\s\u2e80-\uffef]+\s?|\s/gu) ?? [];

/** @param measure width of a text in the picture */
export function wrapText(text: string, width: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of piecesOf(text)) {
    if (line !== '' && measure((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return line === '' ? lines : [...lines, line.trimEnd()];
}

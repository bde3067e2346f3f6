/** A lab report as Markdown with its pictures beside it, in one zip file. */
import type { LabReport, ReportBlock, ReportPicture } from '@/formats/labReport/blocks';
import { writeZip } from '@/formats/zip';

/** What Markdown (GitHub's) takes for markup, in a line of text: some anywhere, some at its beginning. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]<>#|~&$]/g, String.raw`\$&`)
    .replaceAll(/\s+/g, ' ')
    .replace(/^ ?(\d+)([.)])/, String.raw`$1\$2`)
    .replace(/^ ?([-+=])/, String.raw`\$1`);
}

/** A person writes paragraphs; each line is one of the text's. */
const words = (text: string): string => text.split(/\r?\n/).map(escaped).join('  \n');

const fileName = ({ name, content }: ReportPicture): string => `${name}.${content.type}`;

const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;

/** Longer than any run of backticks inside. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

function blockMarkdown(block: ReportBlock): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escaped(block.text)}`;
    case 'paragraph':
      return escaped(block.text);
    case 'words':
      return words(block.text);
    case 'link':
      return `[${escaped(block.text)}](<${block.href.replaceAll(/[<>\n]/g, encodeURIComponent)}>)`;
    case 'table':
      return [row(block.head), `|${'---|'.repeat(block.head.length)}`, ...block.rows.map(row)].join('\n');
    case 'code':
      return fenced(block.language, block.text);
    case 'picture':
      return `![${escaped(block.alt)}](${fileName(block)})\n\n${escaped(block.caption)}`;
    default:
      return block satisfies never;
  }
}

export function reportMarkdown({ blocks }: LabReport): string {
  return `${blocks.map(blockMarkdown).join('\n\n')}\n`;
}

/** `report.md`, and a file a picture. */
export function reportZip(report: LabReport): Promise<Uint8Array<ArrayBuffer>> {
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const pictures = report.blocks.filter((block) => block.kind === 'picture');
  return writeZip([
    { name: 'report.md', data: encode(reportMarkdown(report)), isPacked: true },
    ...pictures.map((picture) => ({
      name: fileName(picture),
      data: picture.content.type === 'svg' ? encode(picture.content.text) : picture.content.bytes,
      isPacked: picture.content.type === 'svg',
    })),
  ]);
}

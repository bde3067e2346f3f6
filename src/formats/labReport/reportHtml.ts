/** A lab report as one HTML file that needs nothing besides: no script, no font, no address to load from. */
import type { LabReport, ReportBlock, ReportPicture } from '@/formats/labReport/blocks';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

const style = `
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1rem 4rem; background: #fff; color: #171b24;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 2.2em; border-bottom: 1px solid #e2e5eb; padding-bottom: .25em; }
.scroll { overflow-x: auto; margin: 1em 0; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; color: #586173; padding-bottom: .4em; }
th, td { border: 1px solid #e2e5eb; padding: .25em .6em; text-align: left; vertical-align: top; } thead th { background: #f1f3f7; }
pre { overflow-x: auto; background: #f1f3f7; border-radius: 8px; padding: 1em; font-size: .85rem; line-height: 1.45; }
figure { margin: 1.2em 0; } img { max-width: 100%; height: auto; } figcaption { color: #586173; font-size: .9rem; }
.words { white-space: pre-wrap; } a { color: #3548b8; overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; } figure, tr { break-inside: avoid; } }`;

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join(''));
}

function address({ content }: ReportPicture): string {
  return content.type === 'svg'
    ? `data:image/svg+xml;base64,${base64(new TextEncoder().encode(content.text))}`
    : `data:image/png;base64,${base64(content.bytes)}`;
}

const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
  row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('');

function blockHtml(block: ReportBlock): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'words':
      return `<p class="words">${escapeHtml(block.text)}</p>`;
    case 'link':
      return `<p><a href="${escapeHtml(block.href)}">${escapeHtml(block.text)}</a></p>`;
    case 'table': {
      const head = block.head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
      const rows = block.rows.map(
        ([first = '', ...others]) =>
          `<tr><th scope="row">${escapeHtml(first)}</th>${cells('td', others)}</tr>`,
      );
      // Scrolls sideways on a phone, so it must take the keyboard's focus.
      return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(block.caption)}"><table><caption>${escapeHtml(block.caption)}</caption><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
    }
    case 'code':
      return `<pre tabindex="0"><code>${escapeHtml(block.text)}</code></pre>`;
    case 'picture':
      return `<figure><img alt="${escapeHtml(block.alt)}" src="${address(block)}"><figcaption>${escapeHtml(block.caption)}</figcaption></figure>`;
    default:
      return block satisfies never;
  }
}

export function reportHtml({ title, language, blocks }: LabReport): string {
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}
</style>
</head>
<body>
<main>
${blocks.map(blockHtml).join('\n')}
</main>
</body>
</html>
`;
}

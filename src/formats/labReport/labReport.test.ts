/** A report as HTML and as Markdown: whatever its texts hold, they stay text. */
import { expect, test } from 'vitest';
import { heading, paragraph, type LabReport } from '@/formats/labReport/blocks';
import { reportHtml } from '@/formats/labReport/reportHtml';
import { reportMarkdown, reportZip } from '@/formats/labReport/reportMarkdown';
import { openZip } from '@/formats/zip';
import { inMemory } from '../../../scripts/fixtures/inMemory.ts';

const nasty = '<script>alert("1")</script> & [a](javascript:x) `b` | *c*';
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
const report: LabReport = {
  title: nasty,
  language: 'en',
  blocks: [
    heading(nasty, 1),
    paragraph(nasty),
    { kind: 'words', text: 'first line\nsecond *line*\n1. 0.5 - not a list\n- nor this' },
    { kind: 'link', text: nasty, href: 'https://example.org/#a=1&b="<2>"' },
    { kind: 'table', caption: nasty, head: ['a', 'b|c'], rows: [['1', nasty]] },
    { kind: 'code', language: 'python', text: 'a = "```"\nb < c\n' },
    {
      kind: 'picture',
      name: 'curve',
      alt: nasty,
      caption: 'Curve',
      content: { type: 'svg', text: '<svg/>' },
    },
    {
      kind: 'picture',
      name: 'digits',
      alt: 'Digits',
      caption: 'Digits',
      content: { type: 'png', bytes: png },
    },
  ],
};

test('HTML holds no markup but its own, and loads nothing', () => {
  const html = reportHtml(report);
  expect(html).not.toContain('<script');
  expect(html).not.toContain('"1"');
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; [a](javascript:x)');
  expect(html).toContain('href="https://example.org/#a=1&amp;b=&quot;&lt;2&gt;&quot;"');
  expect(html).toContain(`src="data:image/png;base64,${Buffer.from(png).toString('base64')}"`);
  expect(html).toContain(`src="data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}"`);
  expect(
    [...html.matchAll(/(?:src|href)="([^"]*)"/g)].filter(
      ([, to = '']) => !/^(data:|https:\/\/example\.org)/.test(to),
    ),
  ).toEqual([]);
});

test('Markdown escapes, and a fence is longer than what it holds', () => {
  const lines = reportMarkdown(report).split('\n');
  expect(lines[0]).toBe(String.raw`# \<script\>alert("1")\</script\> \& \[a\](javascript:x) \`b\` \| \*c\*`);
  expect(lines).toContain('first line  ');
  expect(lines).toContain(String.raw`second \*line\*  `);
  expect(lines).toContain(String.raw`1\. 0.5 - not a list  `);
  expect(lines).toContain(String.raw`\- nor this`);
  expect(lines).toContain(String.raw`| a | b\|c |`);
  expect(lines).toContain('````python');
  expect(lines).toContain('![Digits](digits.png)');
});

test('the zip file has the text and every picture', async () => {
  const files = await openZip(inMemory(await reportZip(report)));
  expect([...files.keys()]).toEqual(['report.md', 'curve.svg', 'digits.png']);
  expect(await files.get('digits.png')?.read()).toEqual(png);
  expect(new TextDecoder().decode(await files.get('report.md')?.read())).toBe(reportMarkdown(report));
});

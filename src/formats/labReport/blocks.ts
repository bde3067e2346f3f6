/** A lab report as a list of blocks, which are written as HTML and as Markdown. Texts are plain: nothing in them is markup. */

export interface ReportPicture {
  readonly kind: 'picture';
  /** File name, without its ending. */
  readonly name: string;
  /** What it shows, in words. */
  readonly alt: string;
  readonly caption: string;
  readonly content:
    | { readonly type: 'svg'; readonly text: string }
    | { readonly type: 'png'; readonly bytes: Uint8Array<ArrayBuffer> };
}

export type ReportBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Of a person: its line breaks count. */
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      /** The first cell of a row is its heading. */
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | ReportPicture;

export interface LabReport {
  readonly title: string;
  /** BCP 47. */
  readonly language: string;
  readonly blocks: readonly ReportBlock[];
}

export const heading = (text: string, level: 1 | 2 | 3 = 2): ReportBlock => ({
  kind: 'heading',
  level,
  text,
});

export const paragraph = (text: string): ReportBlock => ({ kind: 'paragraph', text });

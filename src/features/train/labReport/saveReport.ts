/** From the run at hand to a report on the person's disk. */
import type { OwnWords } from '@/features/train/labReport/composeReport';
import { readReportData } from '@/features/train/labReport/reportData';
import type { ReportTexts } from '@/features/train/labReport/reportTexts';
import { download } from '@/ui/export/download';
import { openRuns } from '@/storage/runs/openRuns';

export type ReportForm = 'html' | 'markdown';

export interface ReportRequest {
  readonly form: ReportForm;
  readonly own: OwnWords;
  /** Ids of runs in storage to stand beside this one. */
  readonly others: readonly string[];
}

export interface SavedReport {
  readonly fileName: string;
  readonly bytes: number;
}

/** onProgress hears which share of the test images was read. */
export async function saveReport(
  { form, own, others }: ReportRequest,
  texts: ReportTexts,
  onProgress: (done: number) => void,
): Promise<SavedReport> {
  const { composeReport } = await import('@/features/train/labReport/composeReport');
  const data = await readReportData(await openRuns(), others, texts.language, onProgress);
  const report = composeReport(data, own, texts, new Date());
  const name = `${data.config.network.id}-step-${data.steps}-report`;
  if (form === 'html') {
    const { reportHtml } = await import('@/formats/labReport/reportHtml');
    const bytes = new TextEncoder().encode(reportHtml(report));
    download(`${name}.html`, bytes, 'text/html');
    return { fileName: `${name}.html`, bytes: bytes.length };
  }
  const { reportZip } = await import('@/formats/labReport/reportMarkdown');
  const bytes = await reportZip(report);
  download(`${name}.zip`, bytes, 'application/zip');
  return { fileName: `${name}.zip`, bytes: bytes.length };
}

/** Words for a diagnosis: its texts take the numbers of its evidence. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Diagnosis } from '@/doctor/diagnosis';
import type { Fix } from '@/doctor/finding';
import type { FigureFormat } from '@/doctor/rule';
import { rules } from '@/doctor/rules';
import { anySize, type NumberFormat, useNumberFormat } from '@/ui/text/numberFormat';

function figureText(value: number, as: FigureFormat, format: NumberFormat): string {
  if (Number.isNaN(value)) return '–';
  switch (as) {
    case 'share':
      return format.percent(value, 1);
    case 'count':
      return format.integer(value);
    case 'step':
      return format.integer(value + 1);
    case 'anySize':
      return anySize(value, format);
    case 'loss':
      return format.loss(value);
    default:
      return as satisfies never;
  }
}

/** The number of the step as the charts count: tests by the steps done, everything else by the step from 1. */
export function shownStep({ step, evidence }: Diagnosis): number {
  const isTest = evidence.series.startsWith('test') || evidence.series === 'classes';
  return isTest ? step : step + 1;
}

type Part = 'title' | 'evidence' | 'why1' | 'why2' | 'why3';

export interface DiagnosisText {
  readonly part: (diagnosis: Diagnosis, part: Part) => string;
  readonly fix: (fix: Fix) => string;
}

export function useDiagnosisText(): DiagnosisText {
  const { t, i18n } = useTranslation('doctor');
  const format = useNumberFormat();
  // Which variables a text takes depends on its key, which is known only while the page runs.
  const words = t as (key: string, values: Readonly<Record<string, string | number>>) => string;
  const part = useCallback(
    (diagnosis: Diagnosis, name: Part) => {
      const formats: Readonly<Record<string, FigureFormat>> = rules[diagnosis.id].figures;
      const figures = Object.entries(diagnosis.figures).map(
        ([key, value]) => [key, figureText(value, formats[key] ?? 'loss', format)] as const,
      );
      const values = {
        ...Object.fromEntries(figures),
        step: format.integer(shownStep(diagnosis)),
        // Chooses between singular and plural, where a text has both.
        count: Math.round(diagnosis.figures['epochs'] ?? 0),
        // Chooses the text of this context, where there is one.
        ...(diagnosis.context === undefined ? {} : { context: diagnosis.context }),
      };
      return words(`${diagnosis.id}.${name}`, values);
    },
    // oxlint-disable-next-line react/exhaustive-deps
    [i18n.language, format],
  );
  const fix = useCallback(
    ({ kind, config }: Fix) =>
      words(`fix.${kind}`, {
        learningRate: format.plain(config.learningRate),
        clipGradNorm: format.plain(config.clipGradNorm ?? 0),
        mean: format.plain(config.input.normalize?.mean ?? 0),
        std: format.plain(config.input.normalize?.std ?? 1),
        batchSize: format.integer(config.batchSize),
        trainingImages: format.integer(config.trainingImages),
        weightDecay: format.plain(config.optimizer.weightDecay),
        epochs: format.integer(config.epochs),
      }),
    // oxlint-disable-next-line react/exhaustive-deps
    [i18n.language, format],
  );
  return { part, fix };
}

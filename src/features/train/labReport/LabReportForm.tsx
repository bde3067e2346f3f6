/** What a person adds to a report, and the buttons that write it. */
import { Button, MultiSelect, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { OwnWords } from '@/features/train/labReport/composeReport';
import { runName } from '@/features/train/labReport/reportData';
import { useReportTexts } from '@/features/train/labReport/reportTexts';
import { saveReport, type ReportForm, type SavedReport } from '@/features/train/labReport/saveReport';
import { useSession } from '@/session/session';
import { openRuns } from '@/storage/runs/openRuns';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/labReport/labReport.module.css';

/** Kept while the page lives: closing the form, or another view, loses nothing. */
const ownWords = createStore<OwnWords>(() => ({ name: '', question: '', conclusion: '' }));

/** Names are listed, not searched by the hundred. */
const mostRuns = 50;

function useOtherRuns(language: string): { value: string; label: string }[] {
  const current = useSession(({ run }) => run?.runId ?? null);
  const [runs, setRuns] = useState<{ value: string; label: string }[]>([]);
  useEffect(() => {
    let isCurrent = true;
    void openRuns()
      .then((store) => store.list())
      .then((all) => {
        const others = all
          .filter(({ id, summary }) => id !== current && summary.steps > 0)
          .slice(0, mostRuns);
        if (isCurrent) setRuns(others.map((run) => ({ value: run.id, label: runName(run, language) })));
      });
    return () => {
      isCurrent = false;
    };
  }, [current, language]);
  return runs;
}

type Progress =
  | { readonly kind: 'idle' }
  | { readonly kind: 'working'; readonly done: number | null }
  | ({ readonly kind: 'saved' } & SavedReport)
  | { readonly kind: 'failed'; readonly message: string };

function ProgressNote({ progress }: { readonly progress: Progress }) {
  const { t } = useTranslation('labReport');
  const format = useNumberFormat();
  switch (progress.kind) {
    case 'idle':
      return null;
    case 'working':
      return (
        <p className={classes['note']}>
          {progress.done === null
            ? t('form.composing')
            : t('form.working', { done: format.percent(progress.done, 0) })}
        </p>
      );
    case 'saved':
      return (
        <p className={classes['note']}>
          {t('form.saved', { file: progress.fileName, size: format.bytes(progress.bytes) })}
        </p>
      );
    case 'failed':
      return <ErrorAlert title={t('form.failed')} detail={progress.message} />;
    default:
      return progress satisfies never;
  }
}

export function LabReportForm() {
  const { t } = useTranslation('labReport');
  const texts = useReportTexts();
  const own = useStore(ownWords);
  const runs = useOtherRuns(texts.language);
  const [others, setOthers] = useState<string[]>([]);
  const [progress, setProgress] = useState<Progress>({ kind: 'idle' });
  const save = async (form: ReportForm): Promise<void> => {
    setProgress({ kind: 'working', done: null });
    try {
      const saved = await saveReport({ form, own, others }, texts, (done) =>
        setProgress({ kind: 'working', done }),
      );
      setProgress({ kind: 'saved', ...saved });
    } catch (error) {
      setProgress({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  const isBusy = progress.kind === 'working';
  return (
    <div className={classes['form']} data-testid="lab-report-form">
      <p className={classes['note']}>{t('form.optional')}</p>
      <TextInput
        label={t('form.name')}
        value={own.name}
        maxLength={200}
        onChange={(event) => ownWords.setState({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t('form.question')}
        value={own.question}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={20_000}
        onChange={(event) => ownWords.setState({ question: event.currentTarget.value })}
      />
      <Textarea
        label={t('form.conclusion')}
        value={own.conclusion}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={20_000}
        onChange={(event) => ownWords.setState({ conclusion: event.currentTarget.value })}
      />
      {runs.length === 0 ? (
        <p className={classes['note']}>{t('form.noRuns')}</p>
      ) : (
        <MultiSelect
          label={t('form.compare')}
          description={t('form.compareHint')}
          data={runs}
          value={others}
          maxValues={5}
          searchable
          onChange={setOthers}
        />
      )}
      <div className={classes['buttons']}>
        <Button disabled={isBusy} onClick={() => void save('html')}>
          {t('form.html')}
        </Button>
        <Button variant="default" disabled={isBusy} onClick={() => void save('markdown')}>
          {t('form.markdown')}
        </Button>
      </div>
      <div aria-live="polite" className={classes['progress']}>
        <ProgressNote progress={progress} />
      </div>
    </div>
  );
}

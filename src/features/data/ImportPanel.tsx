/** Brings a data set in: files or a folder, chosen or dropped. */
import { Button } from '@mantine/core';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hasWorker } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { chosenFiles, droppedFiles } from '@/features/data/givenFiles';
import { ImportProblem } from '@/features/data/ImportProblem';
import { PreviewPanel } from '@/features/data/PreviewPanel';
import { useImport, type ImportState } from '@/features/data/useImport';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/data/data.module.css';

function Progress({ state }: { readonly state: ImportState }) {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  return (
    <output className={classes['status']}>
      {state.kind === 'reading' &&
        (state.done === null
          ? t('import.reading')
          : t('import.readingShare', { share: format.percent(state.done, 0) }))}
      {state.kind === 'kept' && t('import.kept', { name: state.spec.name })}
    </output>
  );
}

export function ImportPanel() {
  const { t } = useTranslation('data');
  const { state, reading, open, fail, readAs, keep, dismiss } = useImport();
  const isThere = useSession(hasWorker);
  const [isOver, setIsOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const isBusy = state.kind === 'reading' || state.kind === 'keeping';
  const choose = (input: HTMLInputElement): void => {
    open(chosenFiles(input.files ?? []));
    // The same files may be chosen again after a correction.
    input.value = '';
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    droppedFiles(event.dataTransfer).then(open, fail);
  };
  const { sha256 } =
    state.kind === 'preview' || state.kind === 'keeping' ? state.preview.spec : { sha256: '' };
  return (
    <Panel title={t('import.title')} hint={t('import.hint')}>
      {/* Files are dropped by mouse alone; the buttons inside are the way for everybody. */}
      <div
        className={classes['drop']}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={onDrop}
      >
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label={t('import.files')}
          data-testid="data-files"
          onChange={(event) => choose(event.currentTarget)}
        />
        <input
          ref={(input) => {
            folder.current = input;
            input?.setAttribute('webkitdirectory', '');
          }}
          type="file"
          hidden
          aria-label={t('import.folder')}
          data-testid="data-folder"
          onChange={(event) => choose(event.currentTarget)}
        />
        <Button
          variant="default"
          leftSection={<Icon name="upload" size={16} />}
          disabled={!isThere || isBusy}
          onClick={() => files.current?.click()}
        >
          {t('import.files')}
        </Button>
        <Button variant="default" disabled={!isThere || isBusy} onClick={() => folder.current?.click()}>
          {t('import.folder')}
        </Button>
        <span className={classes['text']}>{isOver ? t('import.dropNow') : t('import.drop')}</span>
      </div>
      {!isThere && <p className={classes['text']}>{t('kept.noWorker')}</p>}
      <Progress state={state} />
      {state.kind === 'refused' && <ImportProblem problem={state.problem} />}
      {state.kind === 'failed' && <ErrorAlert title={t('import.failed')} detail={state.message} />}
      {(state.kind === 'preview' || state.kind === 'keeping') && (
        <PreviewPanel
          key={sha256}
          preview={state.preview}
          reading={reading}
          isKeeping={state.kind === 'keeping'}
          onReading={readAs}
          onKeep={(names) => void keep(names)}
          onDismiss={dismiss}
        />
      )}
      {state.kind === 'kept' && (
        <Button size="sm" onClick={() => session.actions.chooseData(state.spec)}>
          {t('kept.use')}
        </Button>
      )}
    </Panel>
  );
}

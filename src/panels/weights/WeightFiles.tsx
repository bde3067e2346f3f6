/** Saves the network's weights, and loads files of weights, chosen or dropped. */
import { Button, FileButton } from '@mantine/core';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readExtensions, type ExportFormatId } from '@/formats/exportFormats';
import { canPredict, hasWorker } from '@/session/selectors';
import { useSession } from '@/session/session';
import { configToPrepare } from '@/session/weightsActions';
import { Icon } from '@/ui/icons/icons';
import { PytorchSnippet } from '@/panels/weights/PytorchSnippet';
import { useCurrentNetworkText } from '@/panels/network/useCurrentNetworkText';
import { SaveAsMenu } from '@/panels/weights/SaveAsMenu';
import { loadWeightFile, saveFile } from '@/panels/weights/weightFile';
import { type WeightNotice, WeightFileNotice } from '@/panels/weights/WeightFileNotice';
import classes from '@/panels/weights/WeightFiles.module.css';

function useWeightFiles() {
  const network = useSession((state) => configToPrepare(state).network);
  const [notice, setNotice] = useState<WeightNotice | null>(null);

  const save = async (format: ExportFormatId): Promise<void> => {
    setNotice({ kind: 'saving', done: null });
    try {
      const saved = await saveFile(format, (done) => setNotice({ kind: 'saving', done }));
      setNotice({ kind: 'saved', ...saved });
    } catch (error) {
      setNotice({ kind: 'save_failed', message: error instanceof Error ? error.message : String(error) });
    }
  };
  const load = async (file: File | null | undefined): Promise<void> => {
    if (file === null || file === undefined) return;
    const about = { file: file.name, network: network.name };
    setNotice({ kind: 'loading', ...about });
    setNotice({ ...about, ...(await loadWeightFile(file)) });
  };
  return { notice, dismiss: () => setNotice(null), save, load };
}

export function WeightFiles() {
  const { t } = useTranslation('weights');
  const isReady = useSession(canPredict);
  const isThere = useSession(hasWorker);
  const current = useCurrentNetworkText();
  const name = useSession((state) => configToPrepare(state).network.name);
  const id = useSession(({ run, draft }) => (run?.config ?? draft).network.id);
  const step = useSession(({ run, shown }) => shown?.at ?? run?.step ?? 0);
  const { notice, dismiss, save, load } = useWeightFiles();
  const [isOver, setIsOver] = useState(false);
  const reset = useRef<() => void>(null);
  const isBusy = notice?.kind === 'saving' || notice?.kind === 'loading';

  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    void load(event.dataTransfer.files[0]);
  };
  return (
    <div className={classes['root']}>
      <div className={classes['buttons']}>
        <Button
          variant="default"
          leftSection={<Icon name="download" size={16} />}
          disabled={!isReady || isBusy}
          onClick={() => void save('safetensors')}
        >
          {t('save')}
        </Button>
        <SaveAsMenu isBusy={isBusy} onChoose={(format) => void save(format)} />
        <span className={classes['hint']}>{current !== null && t('saveHint', { weights: current })}</span>
      </div>
      {/* Files are dropped by mouse alone; the button inside is the way for everybody. */}
      <div
        className={classes['drop']}
        data-over={isOver || undefined}
        data-testid="weights-drop"
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={onDrop}
      >
        <FileButton
          resetRef={reset}
          inputProps={{ 'aria-label': t('load') }}
          onChange={(file) => {
            void load(file);
            // The same file may be chosen again after a correction.
            reset.current?.();
          }}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<Icon name="upload" size={16} />}
              disabled={!isThere || isBusy}
            >
              {t('load')}
            </Button>
          )}
        </FileButton>
        <span className={classes['hint']}>
          {isOver
            ? t('dropNow', { network: name })
            : t('drop', { network: name, extensions: readExtensions.join(' ') })}
        </span>
      </div>
      <WeightFileNotice notice={notice} onDismiss={dismiss} />
      <PytorchSnippet stem={`${id}-step-${step}`} />
    </div>
  );
}

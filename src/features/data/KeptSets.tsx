/** The data sets that can be trained on: chosen, named anew, saved, deleted. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { dataOf, isMnist, mnist, type DataSpec } from '@/model/dataSet';
import { session, useSession } from '@/session/session';
import { cleanNames, NameFields, type Names } from '@/features/data/NameFields';
import { download } from '@/ui/export/download';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/data/data.module.css';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function Renaming({ data, onEnd }: { readonly data: DataSpec; readonly onEnd: () => void }) {
  const { t } = useTranslation('data');
  const [names, setNames] = useState<Names>(data);
  const clean = cleanNames(names);
  const save = async (): Promise<void> => {
    if (clean === null) return;
    const { name, classNames } = clean;
    await session.actions.ask('renameDataSet', { sha256: data.sha256, name, classNames });
    const { draft } = session.store.getState();
    // The settings name it as well.
    if (draft.data?.sha256 === data.sha256)
      session.actions.chooseData({ ...draft.data, name, classNames: [...classNames] });
    onEnd();
  };
  return (
    <>
      <NameFields names={names} onChange={setNames} />
      <Group gap="xs">
        <Button size="xs" disabled={clean === null} onClick={() => void save()}>
          {t('kept.save')}
        </Button>
        <Button size="xs" variant="default" onClick={onEnd}>
          {t('kept.cancel')}
        </Button>
      </Group>
    </>
  );
}

function Removing({ data, onEnd }: { readonly data: DataSpec; readonly onEnd: () => void }) {
  const { t } = useTranslation('data');
  return (
    <div role="alert" className={classes['question']}>
      <p>{t('kept.removeQuestion', { name: data.name })}</p>
      <Group gap="xs">
        <Button
          size="xs"
          color="red"
          variant="light"
          onClick={() => void session.actions.ask('removeDataSet', { sha256: data.sha256 })}
        >
          {t('kept.removeNow')}
        </Button>
        <Button size="xs" variant="default" onClick={onEnd}>
          {t('kept.keep')}
        </Button>
      </Group>
    </div>
  );
}

function KeptSet({ data }: { readonly data: DataSpec }) {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  const isInUse = useSession(({ draft }) => dataOf(draft).sha256 === data.sha256);
  const [doing, setDoing] = useState<'renaming' | 'removing' | 'exporting' | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    setDoing('exporting');
    setFailure(null);
    try {
      const { fileName, file } = await session.actions.ask('exportDataSet', {
        data: isMnist(data) ? undefined : data,
      });
      download(fileName, file, 'application/zip');
    } catch (error) {
      setFailure(messageOf(error));
    }
    setDoing(null);
  };
  return (
    <li className={classes['set']} data-testid="data-set">
      <div className={classes['setHead']}>
        <h3 className={classes['subtitle']}>{data.name}</h3>
        {isInUse && <span className={classes['badge']}>{t('kept.inUse')}</span>}
      </div>
      <p className={classes['text']}>
        {t('kept.counts', {
          training: format.integer(data.trainingImages),
          test: format.integer(data.testImages),
          classes: format.integer(data.classNames.length),
        })}
        {': '}
        {data.classNames.join(', ')}
      </p>
      <p className={classes['text']}>
        {isMnist(data) && `${t('kept.mnist')} `}
        {t('kept.checksum', { start: data.sha256.slice(0, 12) })}
      </p>
      <Group gap="xs">
        {isInUse ? (
          <Button size="xs" component={Link} href="/" variant="light">
            {t('kept.goTrain')}
          </Button>
        ) : (
          <Button size="xs" onClick={() => session.actions.chooseData(data)}>
            {t('kept.use')}
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          loading={doing === 'exporting'}
          loaderProps={{ 'aria-label': t('kept.exporting') }}
          onClick={() => void save()}
        >
          {t('kept.export')}
        </Button>
        {!isMnist(data) && (
          <>
            <Button size="xs" variant="default" onClick={() => setDoing('renaming')}>
              {t('kept.rename')}
            </Button>
            <Button size="xs" variant="default" onClick={() => setDoing('removing')}>
              {t('kept.remove')}
            </Button>
          </>
        )}
      </Group>
      {failure !== null && <ErrorAlert title={t('kept.exportFailed')} detail={failure} />}
      {doing === 'renaming' && <Renaming data={data} onEnd={() => setDoing(null)} />}
      {doing === 'removing' && <Removing data={data} onEnd={() => setDoing(null)} />}
    </li>
  );
}

export function KeptSets() {
  const { t } = useTranslation('data');
  const kept = useSession((state) => state.dataSets);
  const sets = [mnist, ...(kept?.sets ?? [])];
  return (
    <Panel
      title={t('kept.title')}
      hint={t('kept.hint')}
      files={{
        label: t('kept.saveList'),
        fileName: 'data-sets',
        table: () => ({
          header: ['name', 'training_images', 'test_images', 'classes', 'sha256'],
          rows: sets.map(({ name, trainingImages, testImages, classNames, sha256 }) => [
            name,
            trainingImages,
            testImages,
            classNames.join('; '),
            sha256,
          ]),
        }),
      }}
    >
      {kept?.isPersistent === false && <p className={classes['warning']}>{t('kept.memory')}</p>}
      <ul className={classes['sets']}>
        {sets.map((data) => (
          <KeptSet key={data.sha256} data={data} />
        ))}
      </ul>
    </Panel>
  );
}

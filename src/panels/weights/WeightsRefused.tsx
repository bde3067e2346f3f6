/** Why a weight file was not loaded, and what to do: worded from the worker's details, the file is not read again. */
import { useTranslation } from 'react-i18next';
import { assertNever } from '@/model/layers';
import type { FormatDetails, Listed, StateDictMismatch } from '@/model/weightFiles';
import type { RequestError } from '@/session/pendingRequests';
import { CodeBlock } from '@/panels/weights/CodeBlock';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { KeyList } from '@/panels/weights/KeyList';
import { conversionSnippet, stateDictSnippet } from '@/panels/weights/weightFile';
import classes from '@/panels/weights/WeightFiles.module.css';

interface About {
  readonly file: string;
  readonly network: string;
}

type Foreign = Extract<FormatDetails, { readonly kind: 'foreign' }>;

function worded<T>({ count, first }: Listed<T>, word: (item: T) => string): Listed<string> {
  return { count, first: first.map(word) };
}

function DoesNotFit({ file, network, mismatch }: About & { readonly mismatch: StateDictMismatch }) {
  const { t } = useTranslation('weights');
  const { missing, unexpected, differing, prefix, fits } = mismatch;
  return (
    <ErrorAlert title={t('failed', { file, network })}>
      <p className={classes['advice']}>{fits === null ? t('mismatch') : t('fits', { network: fits })}</p>
      {prefix !== '' && <p className={classes['advice']}>{t('prefixOff', { prefix })}</p>}
      <div className={classes['mismatch']}>
        <KeyList
          title={t('missing')}
          items={worded(missing, ({ key, shape, nearest }) => {
            const form = `${key} [${shape.join(', ')}]`;
            return nearest === null ? form : `${form}: ${t('nearest', { key: nearest })}`;
          })}
        />
        <KeyList
          title={t('unexpected')}
          items={worded(unexpected, ({ key, shape }) => `${key} [${shape.join(', ')}]`)}
        />
        <KeyList
          title={t('differing')}
          items={worded(differing, ({ key, given, expected }) => {
            const shapes = { given: given.shape.join(', '), expected: expected.shape.join(', ') };
            return `${key}: ${t('shapes', shapes)}`;
          })}
        />
      </div>
    </ErrorAlert>
  );
}

function ForeignFile({ file, foreign }: { readonly file: string; readonly foreign: Foreign }) {
  const { t } = useTranslation('weights');
  const { format, excerpt } = foreign;
  const code = conversionSnippet(format, file);
  return (
    <ErrorAlert
      title={t('foreign.title', { file, what: t(`foreign.${format}.what`) })}
      detail={excerpt === '' ? undefined : t('foreign.begins', { excerpt })}
    >
      <p className={classes['advice']}>{t(`foreign.${format}.todo`)}</p>
      {code !== null && <CodeBlock code={code} label={t('convert')} />}
    </ErrorAlert>
  );
}

type WholeModuleDetails = Extract<FormatDetails, { readonly kind: 'whole_module' }>;

/** torch.save(model) instead of its state_dict: it can only be opened where its class is. */
function WholeModule({ file, details }: { readonly file: string; readonly details: WholeModuleDetails }) {
  const { t } = useTranslation('weights');
  const { className, isScript } = details;
  return (
    <ErrorAlert title={t(isScript ? 'wholeModule.script' : 'wholeModule.title', { file, className })}>
      <p className={classes['advice']}>
        {t(isScript ? 'wholeModule.scriptTodo' : 'wholeModule.todo', { className })}
      </p>
      <CodeBlock code={stateDictSnippet(details, file)} label={t('wholeModule.code')} />
    </ErrorAlert>
  );
}

export function WeightsRefused({ file, network, error }: About & { readonly error: RequestError['asData'] }) {
  const { t } = useTranslation('weights');
  const { code, details, message } = error;
  if (code === 'not_ready') {
    return (
      <ErrorAlert tone="warning" title={t('notLoaded', { file })}>
        {t('notReady')}
      </ErrorAlert>
    );
  }
  switch (details?.kind) {
    // No matter of the file: the engine, the worker, or a download.
    case undefined:
    case 'data_import':
    case 'data_missing':
    case 'http':
    case 'web_page':
    case 'stalled':
    case 'disconnected':
      return (
        <ErrorAlert title={t('notLoaded', { file })} detail={message}>
          {t('tryAgain')}
        </ErrorAlert>
      );
    case 'mismatch':
      return <DoesNotFit file={file} network={network} mismatch={details} />;
    case 'foreign':
      return <ForeignFile file={file} foreign={details} />;
    case 'dtype':
      return (
        <ErrorAlert title={t('notLoaded', { file })}>
          {t('problems.dtype', { key: details.key, dtype: details.dtype })}
        </ErrorAlert>
      );
    case 'whole_module':
      return <WholeModule file={file} details={details} />;
    case 'no_state_dict':
      return (
        <ErrorAlert title={t('noStateDict.title', { file })}>
          <p className={classes['advice']}>{t('noStateDict.text')}</p>
          <KeyList title={t('noStateDict.keys')} items={details.keys} />
        </ErrorAlert>
      );
    case 'opcode':
    case 'damaged':
    case 'too_large':
    case 'truncated':
    case 'header':
    case 'layout':
    case 'unreadable':
      return (
        <ErrorAlert title={t('unreadable', { file })} detail={message}>
          {t(`problems.${details.kind}`)}
        </ErrorAlert>
      );
    default:
      return assertNever(details);
  }
}

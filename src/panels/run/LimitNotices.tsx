/** Where a run passes a limit of the device: which tensor, which limit, and a button that changes what is needed. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { wasmHeapBytes, type LimitProblem, type MemoryNeed, type RunCost } from '@/model/cost';
import { session, useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useMemoryProblem } from '@/panels/run/runProblems';
import classes from '@/panels/run/RunCost.module.css';

/** Batch sizes are powers of two by habit. */
const powerOfTwoUpTo = (largest: number): number => 2 ** Math.floor(Math.log2(largest));

const remedyText = ({ remedy }: LimitProblem, mayFitWasm: boolean) =>
  remedy === 'another_network_or_backend' && !mayFitWasm ? 'another_network' : remedy;

interface RemedyProps {
  readonly problem: LimitProblem;
  readonly mayFitWasm: boolean;
}

function Remedy({ problem, mayFitWasm }: RemedyProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const backend = useSession((state) => state.backend);
  const canUseWasm =
    mayFitWasm &&
    backend.kind === 'ready' &&
    backend.backend.backend !== 'wasm' &&
    backend.probes.some((probe) => probe.backend === 'wasm' && probe.usable);
  const { largest } = problem;
  return (
    <div className={classes['actions']}>
      {problem.remedy === 'smaller_batch' && largest !== null && (
        <Button size="xs" onClick={() => session.actions.updateDraft({ batchSize: powerOfTwoUpTo(largest) })}>
          {t('cost.useBatch', { batch: format.integer(powerOfTwoUpTo(largest)) })}
        </Button>
      )}
      {problem.remedy === 'fewer_images' && largest !== null && (
        <Button size="xs" onClick={() => session.actions.updateDraft({ trainingImages: largest })}>
          {t('cost.useImages', { images: format.integer(largest) })}
        </Button>
      )}
      {canUseWasm && (
        <Button size="xs" variant="default" onClick={() => session.actions.selectBackend('wasm')}>
          {t('cost.useWasm')}
        </Button>
      )}
    </div>
  );
}

interface MemoryNoticeProps {
  readonly cost: RunCost;
  readonly need: MemoryNeed;
  readonly mayFitWasm: boolean;
}

/** What the engine's memory cannot hold, before anything is allocated; with the batch that fits, or what else helps. */
function MemoryNotice({ cost, need, mayFitWasm }: MemoryNoticeProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const { kind, bytes, allowed, largestBatch } = need;
  const isHeap = kind === 'heap';
  const canUseWasm = !isHeap && largestBatch === null && mayFitWasm;
  const weight = cost.buffers.find(({ role }) => role === 'weight');
  const useBatch = largestBatch !== null && {
    label: t('cost.useBatch', { batch: format.integer(largestBatch) }),
    onClick: () => session.actions.updateDraft({ batchSize: largestBatch }),
  };
  const useWasm = canUseWasm && {
    label: t('cost.useWasm'),
    onClick: () => session.actions.selectBackend('wasm'),
  };
  return (
    <ErrorAlert
      title={t(isHeap ? 'cost.heapTitle' : 'cost.tooLarge')}
      action={useBatch || useWasm || undefined}
    >
      {t(isHeap ? 'cost.heap' : 'cost.buffer', { size: format.bytes(bytes), allowed: format.bytes(allowed) })}{' '}
      {largestBatch !== null && t('cost.heapBatch', { batch: format.integer(largestBatch) })}
      {largestBatch === null &&
        isHeap &&
        t('cost.heapNetwork', { tensor: weight?.tensor ?? '', size: format.bytes(weight?.bytes ?? 0) })}
      {largestBatch === null &&
        !isHeap &&
        t(`cost.remedies.${canUseWasm ? 'another_network_or_backend' : 'another_network'}`)}
    </ErrorAlert>
  );
}

export interface LimitNoticesProps {
  readonly cost: RunCost;
  readonly problems: readonly LimitProblem[];
}

export function LimitNotices({ cost, problems }: LimitNoticesProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const need = useMemoryProblem();
  // A lower bound: WebAssembly is no advice where not even that fits.
  const mayFitWasm = cost.totalBytes - cost.imageBytes <= wasmHeapBytes;
  return (
    <>
      {problems.map((problem) => (
        <ErrorAlert key={`${problem.limit} ${problem.tensor}`} title={t('cost.tooLarge')}>
          {t('cost.problem', {
            tensor: t(`cost.tensors.${problem.role}`, { tensor: problem.tensor }),
            size: format.bytes(problem.bytes),
            allowed: format.bytes(problem.allowed),
            limit: problem.limit,
          })}{' '}
          {t(`cost.remedies.${remedyText(problem, mayFitWasm)}`, {
            largest: problem.largest === null ? '' : format.integer(problem.largest),
          })}
          <Remedy problem={problem} mayFitWasm={mayFitWasm} />
        </ErrorAlert>
      ))}
      {need !== null && <MemoryNotice cost={cost} need={need} mayFitWasm={mayFitWasm} />}
    </>
  );
}

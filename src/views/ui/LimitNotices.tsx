/** Where a run passes a limit of the device: which tensor, which limit, and a button that changes what is needed. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LimitProblem, RunCost } from '@/model/cost';
import { session, useSession } from '@/store/session';
import { ErrorAlert } from '@/views/ui/ErrorAlert';
import { useNumberFormat } from '@/views/ui/numberFormat';
import classes from '@/views/ui/RunCost.module.css';

/** WebAssembly's memory has 32-bit addresses. */
const wasmHeapBytes = 2 ** 32;

/** Batch sizes are powers of two by habit. */
const powerOfTwoUpTo = (largest: number): number => 2 ** Math.floor(Math.log2(largest));

function Remedy({ problem }: { readonly problem: LimitProblem }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const backend = useSession((state) => state.backend);
  const canUseWasm =
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

function WasmHeapNotice({ cost }: { readonly cost: RunCost }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const fixed = cost.totalBytes - cost.activationBytes - cost.backwardBytes;
  const perImage = (cost.activationBytes + cost.backwardBytes) / cost.batchSize;
  const largest = Math.floor((wasmHeapBytes - fixed) / perImage);
  return (
    <ErrorAlert tone="warning" title={t('cost.heapTitle')}>
      {t('cost.heap', { size: format.bytes(cost.totalBytes), allowed: format.bytes(wasmHeapBytes) })}{' '}
      {largest < 1 && t('cost.remedies.another_network_or_backend')}
      {largest >= 1 && (
        <div className={classes['actions']}>
          <Button
            size="xs"
            onClick={() => session.actions.updateDraft({ batchSize: powerOfTwoUpTo(largest) })}
          >
            {t('cost.useBatch', { batch: format.integer(powerOfTwoUpTo(largest)) })}
          </Button>
        </div>
      )}
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
  const isWasm = useSession(({ backend }) => backend.kind === 'ready' && backend.backend.backend === 'wasm');
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
          {t(`cost.remedies.${problem.remedy}`, {
            largest: problem.largest === null ? '' : format.integer(problem.largest),
          })}
          <Remedy problem={problem} />
        </ErrorAlert>
      ))}
      {isWasm && cost.totalBytes > wasmHeapBytes && <WasmHeapNotice cost={cost} />}
    </>
  );
}

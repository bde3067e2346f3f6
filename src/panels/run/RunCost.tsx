/** What the draft's run costs before it starts: parameters, memory by use, and whether each tensor fits the device. */
import { useTranslation } from 'react-i18next';
import type { RunCost as Cost } from '@/model/cost';
import { useSession } from '@/session/session';
import { LimitNotices } from '@/panels/run/LimitNotices';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useDraftCost } from '@/panels/run/runProblems';
import { Stat, StatList } from '@/ui/layout/Stat';
import classes from '@/panels/run/RunCost.module.css';

const parts = [
  { key: 'weights', bytes: (cost: Cost) => cost.weightBytes },
  { key: 'gradients', bytes: (cost: Cost) => cost.gradientBytes },
  { key: 'optimizer', bytes: (cost: Cost) => cost.optimizerBytes },
  { key: 'activations', bytes: (cost: Cost) => cost.activationBytes },
  { key: 'backward', bytes: (cost: Cost) => cost.backwardBytes },
  { key: 'images', bytes: (cost: Cost) => cost.imageBytes },
] as const;

function MemoryParts({ cost }: { readonly cost: Cost }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const present = parts.filter(({ bytes }) => bytes(cost) > 0);
  return (
    <>
      <div className={classes['bar']} aria-hidden="true">
        {present.map(({ key, bytes }) => (
          <span key={key} data-part={key} style={{ flexGrow: bytes(cost) / cost.totalBytes }} />
        ))}
      </div>
      <dl className={classes['parts']}>
        {present.map(({ key, bytes }) => (
          <div key={key} className={classes['part']} data-part={key}>
            <dt>{t(`cost.parts.${key}`, { batch: format.integer(cost.batchSize) })}</dt>
            <dd>{format.bytes(bytes(cost))}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function LargestBuffer({ cost }: { readonly cost: Cost }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const allowed = useSession(({ backend }) =>
    backend.kind === 'ready' ? backend.backend.limits.maxStorageBufferBindingSize : null,
  );
  const [largest] = cost.buffers;
  if (largest === undefined) return null;
  return (
    <p className={classes['largest']}>
      {t('cost.largest', {
        tensor: t(`cost.tensors.${largest.role}`, { tensor: largest.tensor }),
        size: format.bytes(largest.bytes),
      })}{' '}
      {allowed === null ? t('cost.noLimit') : t('cost.allowed', { size: format.bytes(allowed) })}
    </p>
  );
}

export interface RunCostProps {
  /** False where RunObstacles tells them. */
  readonly showsLimits?: boolean;
}

export function RunCost({ showsLimits = true }: RunCostProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const draftCost = useDraftCost();
  const isGpu = useSession(
    ({ backend }) =>
      backend.kind === 'ready' &&
      (backend.backend.backend === 'webgpu' || backend.backend.backend === 'webgl'),
  );
  if (draftCost.kind === 'unknown') return <p className={classes['largest']}>{t('cost.unknown')}</p>;
  const { cost, problems } = draftCost;
  return (
    <div className={classes['root']} data-testid="run-cost">
      <StatList>
        <Stat label={t('cost.parameters')} value={format.integer(cost.parameters)} testId="cost-parameters" />
        <Stat
          label={t(isGpu ? 'cost.gpuMemory' : 'cost.memory')}
          value={format.bytes(cost.totalBytes)}
          testId="cost-memory"
        />
      </StatList>
      <MemoryParts cost={cost} />
      <LargestBuffer cost={cost} />
      {showsLimits && <LimitNotices cost={cost} problems={problems} />}
    </div>
  );
}

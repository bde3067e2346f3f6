/** The editor: layers that are added, removed, moved and changed, and checked as one types. */
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { findStandardNetwork } from '@/model/standardNetworks';
import { pathKey } from '@/model/edit';
import type { NetworkSpec } from '@/model/layers';
import type { NetworkCheck } from '@/model/networkCheck';
import type { Shape } from '@/model/shape';
import { BuildToolbar } from '@/features/network/BuildToolbar';
import { useLayerDrops } from '@/features/network/layerDrag';
import { LayerList } from '@/features/network/LayerList';
import { shapeText } from '@/panels/network/layerText';
import { ProblemLine } from '@/features/network/ProblemLine';
import { type Editing, useEditing } from '@/features/network/useEditing';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { Panel } from '@/ui/layout/Panel';
import { withFlattenedImages } from '@/ui/text/shapeProblemText';
import classes from '@/features/network/build.module.css';

interface FitProps {
  readonly check: NetworkCheck;
  readonly input: Shape;
  readonly editing: Editing;
}

function Fit({ check, input, editing }: FitProps) {
  const { t } = useTranslation('network');
  const problems = [...check.layers.map(({ problem }) => problem), check.outputProblem].filter(
    (problem) => problem !== null,
  );
  const canFix = problems.some(({ fix }) => fix !== null);
  return (
    <div className={classes['fit']} data-valid={check.isValid} aria-live="polite" data-testid="network-fit">
      <Icon name={check.isValid ? 'check' : 'warning'} size={16} />
      <span>
        {check.isValid ? t('build.fits') : t('build.problems', { count: Math.max(1, problems.length) })}
      </span>
      {problems.length > 1 && canFix && (
        <Button size="compact-xs" onClick={() => editing.fixAll(input)}>
          {t('build.fixAll')}
        </Button>
      )}
    </div>
  );
}

export interface BuildPanelProps {
  readonly network: NetworkSpec;
  readonly input: Shape;
  readonly check: NetworkCheck;
}

export function BuildPanel({ network, input, check }: BuildPanelProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const editing = useEditing();
  useLayerDrops(editing.edit);
  const checks = useMemo(
    () => new Map(withFlattenedImages(check.layers).map((item) => [pathKey(item.path), item])),
    [check],
  );
  const isOwn = findStandardNetwork(network.id) === undefined;
  return (
    <Panel
      title={t('mode.build')}
      hint={isOwn ? t('build.hint') : t('build.copyHint', { network: network.name })}
    >
      <BuildToolbar network={network} isOwn={isOwn} />
      <Fit check={check} input={input} editing={editing} />
      <p className={classes['edge']}>
        {t('diagram.Input')} <span className="tabular">{shapeText(input, format.integer)}</span>
      </p>
      <LayerList layers={network.layers} container={[]} input={input} checks={checks} editing={editing} />
      {check.outputProblem !== null && (
        <ProblemLine id="problem-output" problem={check.outputProblem} onFix={editing.fix} />
      )}
    </Panel>
  );
}

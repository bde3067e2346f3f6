/** Every layer in numbers, for eyes and screen readers alike; a layer that does not fit is marked, the others still count. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { layerCost, type LayerCost } from '@/model/cost';
import { pathKey } from '@/model/edit';
import { definitionOf } from '@/model/layers';
import type { LayerCheck, NetworkCheck } from '@/model/networkCheck';
import { layerDetail, shapeText } from '@/panels/network/layerText';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/network/table.module.css';

interface Row {
  readonly check: LayerCheck;
  readonly cost: LayerCost | null;
}

function rowOf(check: LayerCheck): Row {
  const { layer, input, output, problem } = check;
  const isKnown = problem === null && input !== null && output !== null;
  return { check, cost: isKnown ? layerCost(layer, input, output) : null };
}

function sumOf(rows: readonly Row[], key: keyof LayerCost): number {
  return rows.reduce((sum, { cost }) => sum + (cost?.[key] ?? 0), 0);
}

/** Largest share of its column: a bar behind the number. */
function Amount({
  value,
  total,
  text,
}: {
  readonly value: number;
  readonly total: number;
  readonly text: string;
}) {
  if (value === 0) return <td className={classes['none']}>0</td>;
  const share = total === 0 ? 0 : value / total;
  return (
    <td className={classes['amount']} style={{ ['--share' as string]: `${(share * 100).toFixed(1)}%` }}>
      {text}
    </td>
  );
}

interface LayerRowProps extends Row {
  readonly totals: LayerCost;
}

function LayerRow({ check, cost, totals }: LayerRowProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const { layer, output, path, problem } = check;
  const part = path.container.at(-1)?.part;
  const where = part === undefined ? '' : t(part === 'body' ? 'table.inBody' : 'table.inShortcut');
  return (
    <tr
      data-kind={layer.kind}
      data-group={definitionOf(layer).group}
      data-problem={problem !== null || undefined}
    >
      <th scope="row" style={{ ['--depth' as string]: path.container.length }}>
        <span className={classes['kind']}>{layer.kind}</span>{' '}
        <span className={classes['detail']}>{layerDetail(layer, t)}</span>
        <span className={classes['name']}>
          {layer.name}
          {where !== '' && ` · ${where}`}
        </span>
      </th>
      <td className={classes['shape']}>
        {output === null ? t('table.unknown') : shapeText(output, format.integer)}
      </td>
      {cost === null ? (
        <td className={classes['none']} colSpan={3}>
          {t('table.unknown')}
        </td>
      ) : (
        <>
          <Amount value={cost.parameters} total={totals.parameters} text={format.integer(cost.parameters)} />
          <Amount value={cost.flops} total={totals.flops} text={format.compact(cost.flops)} />
          <Amount
            value={cost.activationBytes}
            total={totals.activationBytes}
            text={format.bytes(cost.activationBytes)}
          />
        </>
      )}
    </tr>
  );
}

export function LayerTable({ check, label }: { readonly check: NetworkCheck; readonly label: string }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const rows = useMemo(() => check.layers.map(rowOf), [check]);
  const totals: LayerCost = {
    parameters: sumOf(rows, 'parameters'),
    flops: sumOf(rows, 'flops'),
    activationBytes: sumOf(rows, 'activationBytes'),
  };
  return (
    // On a phone the table may scroll sideways, so it takes the keyboard's focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes['scroll']} aria-label={label} tabIndex={0}>
      <table className={classes['table']} data-testid="layer-table">
        <thead>
          <tr>
            <th scope="col">{t('table.layer')}</th>
            <th scope="col">{t('table.output')}</th>
            <th scope="col">{t('table.parameters')}</th>
            <th scope="col">{t('table.flops')}</th>
            <th scope="col">{t('table.memory')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <LayerRow key={pathKey(row.check.path)} {...row} totals={totals} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t('table.total')}
            </th>
            <td data-testid="total-parameters">{format.integer(totals.parameters)}</td>
            <td>{format.compact(totals.flops)}</td>
            <td>{format.bytes(totals.activationBytes)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

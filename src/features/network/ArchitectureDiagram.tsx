/** The network drawn from top to bottom: boxes with shapes and parameter counts, shortcuts beside the blocks they go around. */
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { networkGraph } from '@/model/graph';
import type { NetworkSpec } from '@/model/layers';
import type { Shape } from '@/model/shape';
import { DiagramNode } from '@/features/network/DiagramNode';
import { layoutDiagram, type PlacedItem } from '@/features/network/diagramLayout';
import { StageNode } from '@/features/network/StageNode';
import { foldStages, stagesOf } from '@/features/network/stages';
import classes from '@/features/network/diagram.module.css';

/** Arrow keys walk through the boxes, as they stand in a column anyway. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement)) return;
  const nodes = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-diagram-node]')];
  const at = nodes.indexOf(event.target);
  const next = nodes[at + step];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}

function position({ x, y, width, height }: PlacedItem) {
  return { left: x, top: y, width, height };
}

export interface ArchitectureDiagramProps {
  readonly network: NetworkSpec;
  readonly input: Shape;
  /** Runs such as convolution, BatchNorm, ReLU as one box. */
  readonly isGrouped: boolean;
}

/** Of a network whose shapes fit. A new network needs a new `key`, since what is folded belongs to it. */
export function ArchitectureDiagram({ network, input, isGrouped }: ArchitectureDiagramProps) {
  const { t } = useTranslation('network');
  const { ref, width } = useElementSize();
  const graph = useMemo(() => networkGraph(network, input, isGrouped), [network, input, isGrouped]);
  const stages = useMemo(() => stagesOf(network, graph), [network, graph]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const diagram = useMemo(() => {
    const folded = new Set(stages.map(({ id }) => id).filter((id) => !unfolded.has(id)));
    return foldStages(graph, stages, folded);
  }, [graph, stages, unfolded]);
  const layout = useMemo(() => layoutDiagram(diagram, width), [diagram, width]);
  const toggle = (id: string): void => {
    setUnfolded((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };
  return (
    // The boxes inside are buttons; the arrow keys only walk from one to the next.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      ref={ref}
      className={classes['canvas']}
      style={{ height: layout.height }}
      aria-label={t('diagram.label', { network: network.name })}
      data-testid="architecture"
      onKeyDown={walk}
    >
      <svg className={classes['edges']} width={width} height={layout.height} aria-hidden="true">
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="6"
            refY="4"
            markerWidth="6"
            markerHeight="6"
            orient="auto"
          >
            <path d="M1 1 6.500 4 1 7" className={classes['arrow']} />
          </marker>
        </defs>
        {layout.edges.map(({ id, path, kind }) => (
          <path key={id} d={path} className={classes['edge']} data-kind={kind} markerEnd="url(#arrow)" />
        ))}
      </svg>
      {width > 0 &&
        layout.items.map((placed) => (
          <div key={placed.item.id} className={classes['place']} style={position(placed)}>
            {placed.item.kind === 'node' ? (
              <DiagramNode node={placed.item.node} />
            ) : (
              <StageNode item={placed.item} onToggle={toggle} />
            )}
          </div>
        ))}
    </section>
  );
}

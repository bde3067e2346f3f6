/** The network drawn from top to bottom: a box a layer, or a few, shortcuts beside the blocks they go around. What a box shows is the view's. */
import { useElementSize } from '@mantine/hooks';
import { type ComponentType, type KeyboardEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { networkGraph, type GraphNode } from '@/model/graph';
import type { NetworkSpec } from '@/model/layers';
import type { Shape } from '@/model/shape';
import { layoutDiagram, usualHeight, type PlacedItem } from '@/panels/network/diagram/diagramLayout';
import { StageNode } from '@/panels/network/diagram/StageNode';
import { foldStages, stagesOf } from '@/panels/network/diagram/stages';
import classes from '@/panels/network/diagram/diagram.module.css';

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

export interface NetworkDiagramProps {
  readonly network: NetworkSpec;
  readonly input: Shape;
  /** Runs such as convolution, BatchNorm, ReLU as one box. */
  readonly isGrouped: boolean;
  /** What stands in a box, `width` px wide. A focusable element in it with `data-diagram-node` is a stop of the arrow keys. */
  readonly Node: ComponentType<{ readonly node: GraphNode; readonly width: number }>;
  /** Height of a box of this width, px. */
  readonly heightOf?: (node: GraphNode, width: number) => number;
  /** Whether the first stage of a large network is unfolded to begin with. */
  readonly unfoldsFirst?: boolean;
  readonly testId: string;
}

/** Of a network whose shapes fit. A new network needs a new `key`, since what is folded belongs to it. */
export function NetworkDiagram({
  network,
  input,
  isGrouped,
  Node,
  heightOf = usualHeight,
  unfoldsFirst = false,
  testId,
}: NetworkDiagramProps) {
  const { t } = useTranslation('network');
  const { ref, width } = useElementSize();
  const graph = useMemo(() => networkGraph(network, input, isGrouped), [network, input, isGrouped]);
  const stages = useMemo(() => stagesOf(network, graph), [network, graph]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(
    () => new Set(unfoldsFirst ? stages.slice(0, 1).map(({ id }) => id) : []),
  );
  const diagram = useMemo(() => {
    const folded = new Set(stages.map(({ id }) => id).filter((id) => !unfolded.has(id)));
    return foldStages(graph, stages, folded);
  }, [graph, stages, unfolded]);
  const layout = useMemo(() => layoutDiagram(diagram, width, heightOf), [diagram, width, heightOf]);
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
      data-testid={testId}
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
              <Node node={placed.item.node} width={placed.width} />
            ) : (
              <StageNode item={placed.item} onToggle={toggle} />
            )}
          </div>
        ))}
    </section>
  );
}

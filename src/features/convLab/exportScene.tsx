/** The current stage as one picture: its grids side by side and a line that says what happens. */
import { avgPooled, convolved, maxPooled } from '@/features/convLab/convLabDerived';
import type { LabDocument } from '@/features/convLab/convLabState';
import { avgPoolModel, maxPoolModel, reluStageModel } from '@/features/convLab/followingStages';
import type { GridModel } from '@/features/convLab/gridModel';
import { cellUnit, GridPicture } from '@/features/convLab/GridPicture';
import { svgSource } from '@/ui/export/pictureFiles';
import type { Palette } from '@/ui/theme/palette';
import {
  convStageModel,
  convView,
  gradientStageModel,
  kernelGrid,
  pointwiseView,
} from '@/features/convLab/stageModels';

export interface SceneTexts {
  readonly input: string;
  readonly kernel: string;
  readonly output: string;
  readonly relu: string;
  readonly pool: string;
  readonly avgPool: string;
  readonly pointwise: string;
  /** What the step does, in a sentence. */
  readonly caption: (document: LabDocument) => string;
}

interface SceneColumn {
  readonly title: string;
  readonly grids: readonly GridModel[];
}

/** Columns of grids from left to right; none where the kernel does not fit. */
function sceneColumns(document: LabDocument, texts: SceneTexts): SceneColumn[] {
  const conv = convolved(document);
  if (!conv.ok) return [];
  switch (document.stage) {
    case 'conv': {
      const { planes, kernels, outputs } = convStageModel(convView(document, conv.value), null, null);
      return [
        { title: texts.input, grids: planes },
        { title: texts.kernel, grids: kernels.filter((grid) => grid !== null) },
        { title: texts.output, grids: outputs },
      ];
    }
    case 'pointwise': {
      const { planes, kernels, outputs } = convStageModel(pointwiseView(document, conv.value), null, null);
      return [
        { title: texts.output, grids: planes },
        { title: texts.kernel, grids: kernels.filter((grid) => grid !== null) },
        { title: texts.pointwise, grids: outputs },
      ];
    }
    case 'relu': {
      const { inputs, outputs } = reluStageModel(document, conv.value);
      return [
        { title: texts.output, grids: inputs },
        { title: texts.relu, grids: outputs },
      ];
    }
    case 'pool': {
      const pool = maxPooled(conv.value, document);
      if (!pool.ok) return [];
      const { inputs, outputs } = maxPoolModel(document, conv.value, pool.value);
      return [
        { title: texts.relu, grids: inputs },
        { title: texts.pool, grids: outputs },
      ];
    }
    case 'avgPool': {
      const pool = avgPooled(conv.value, document);
      if (!pool.ok) return [];
      const { inputs, outputs } = avgPoolModel(document, conv.value, pool.value);
      return [
        { title: texts.relu, grids: inputs },
        { title: texts.avgPool, grids: outputs },
      ];
    }
    case 'gradient': {
      const model = gradientStageModel(document, conv.value);
      const { weight } = document;
      return [
        { title: texts.input, grids: [model.plane] },
        { title: 'dL/dy', grids: [model.outputGradient] },
        { title: texts.kernel, grids: [kernelGrid(document.kernel, weight.f, weight.c, null)] },
        { title: 'dL/dw', grids: [model.weights] },
      ];
    }
    default:
      return document.stage satisfies never;
  }
}

const gap = 28;
const margin = 28;
const titleHeight = 34;
const captionHeight = 52;
const smallestWidth = 640;

interface Placed {
  readonly model: GridModel;
  readonly x: number;
  readonly y: number;
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly titles: readonly { readonly text: string; readonly x: number }[];
  readonly grids: readonly Placed[];
}

function layoutOf(columns: readonly SceneColumn[]): Layout {
  const titles: { text: string; x: number }[] = [];
  const grids: Placed[] = [];
  let x = margin;
  let bottom = 0;
  for (const { title, grids: models } of columns) {
    titles.push({ text: title, x });
    let y = margin + titleHeight;
    let width = title.length * 11;
    for (const model of models) {
      grids.push({ model, x, y });
      y += model.rows * cellUnit + gap;
      width = Math.max(width, model.columns * cellUnit);
    }
    bottom = Math.max(bottom, y);
    x += width + gap * 1.5;
  }
  const width = Math.max(smallestWidth, x - gap * 1.5 + margin);
  return { width, height: bottom + captionHeight, titles, grids };
}

/** Above this many columns in all, cells are too small in the picture for their numbers. */
const mostLabelledColumns = 40;

function Scene({ document, palette, texts }: { document: LabDocument; palette: Palette; texts: SceneTexts }) {
  const columns = sceneColumns(document, texts);
  const { width, height, titles, grids } = layoutOf(columns);
  const labels = grids.reduce((sum, { model }) => Math.max(sum, model.columns), 0) <= mostLabelledColumns;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      fontFamily="Inter, system-ui, sans-serif"
    >
      <rect width={width} height={height} fill={palette.paper} />
      {titles.map(({ text, x }) => (
        <text key={`${text} ${x}`} x={x} y={margin + 16} fontSize={19} fontWeight={650} fill={palette.ink}>
          {text}
        </text>
      ))}
      {grids.map(({ model, x, y }) => (
        <g key={model.id} transform={`translate(${x} ${y})`}>
          <GridPicture model={model} palette={palette} labels={labels} />
        </g>
      ))}
      <text x={margin} y={height - margin} fontSize={20} fill={palette.ink}>
        {texts.caption(document)}
      </text>
    </svg>
  );
}

/** The picture as SVG source. */
export function sceneSvg(document: LabDocument, palette: Palette, texts: SceneTexts): string {
  return svgSource(<Scene document={document} palette={palette} texts={texts} />);
}

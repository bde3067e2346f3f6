/** The part of operations.ts that convolves a few images, each packed first (assembly/imageConv.ts). */
import { convShape } from '@/engine/wasm/winogradOperations';

const u = 'u32';
/** See operations.ts. */
const out = 'written';
const own = 'scratch';

const window = { ...convShape, kernel: u, stride: u, padding: u } as const;

/** As the operations without `image` in their names; `scratch` has `scratchSize` values for each thread. */
export const imageConvOperations = {
  imageConvForward: {
    x: u,
    w: u,
    bias: u,
    y: out,
    scratch: own,
    scratchSize: u,
    ...window,
    panels: u,
    relu: u,
  },
  imageConvPool: {
    x: u,
    w: u,
    bias: u,
    y: out,
    index: out,
    scratch: own,
    scratchSize: u,
    ...window,
    panels: u,
    relu: u,
    valley: u,
  },
  imageConvInputGradient: {
    dy: u,
    packed: u,
    dx: out,
    scratch: own,
    scratchSize: u,
    ...window,
    inPanels: u,
  },
  imageConvWeightGradient: { x: u, dy: u, dw: out, scratch: own, scratchSize: u, ...window, panels: u },
} as const;

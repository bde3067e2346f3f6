/** Test helper: layers by their definition, in float64 and NCHW, forward and backward. Slow and plain on purpose. */
import {
  assertNever,
  type BatchNorm2d,
  type Conv2d,
  type LayerSpec,
  type Linear,
  type MaxPool2d,
} from '@/model/layers';
import { windowOutputSize } from '@/model/shapes';

export interface Tensor64 {
  /** [n, ...]. */
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export type Weights = ReadonlyMap<string, Float64Array>;
export type Gradients64 = Map<string, Float64Array>;

export interface Pass {
  readonly y: Tensor64;
  readonly backward: (dy: Float64Array, gradients: Gradients64) => Float64Array;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const like = (shape: readonly number[]): Tensor64 => ({ shape, data: new Float64Array(sizeOf(shape)) });
const get = (data: Float64Array | undefined, i: number): number => data?.[i] ?? 0;
function add(data: Float64Array, i: number, value: number): void {
  data[i] = (data[i] ?? 0) + value;
}
function image(x: Tensor64): [number, number, number, number] {
  const [n = 0, c = 0, h = 1, w = 1] = x.shape;
  return [n, c, h, w];
}

/** Calls `visit` with the indices of every product of a convolution: output, input, weight, output channel. */
function convTerms(
  layer: Conv2d,
  x: Tensor64,
  visit: (y: number, x: number, w: number, o: number) => void,
): number[] {
  const [n, c, h, w] = image(x);
  const { kernelSize: k, stride: s, padding: p, outChannels } = layer;
  const oh = windowOutputSize(h, k, s, p);
  const ow = windowOutputSize(w, k, s, p);
  for (let b = 0; b < n; b += 1)
    for (let o = 0; o < outChannels; o += 1)
      for (let oy = 0; oy < oh; oy += 1)
        for (let ox = 0; ox < ow; ox += 1)
          for (let i = 0; i < c; i += 1)
            for (let ky = 0; ky < k; ky += 1)
              for (let kx = 0; kx < k; kx += 1) {
                const iy = oy * s - p + ky;
                const ix = ox * s - p + kx;
                if (iy < 0 || ix < 0 || iy >= h || ix >= w) continue;
                visit(
                  ((b * outChannels + o) * oh + oy) * ow + ox,
                  ((b * c + i) * h + iy) * w + ix,
                  ((o * c + i) * k + ky) * k + kx,
                  o,
                );
              }
  return [n, outChannels, oh, ow];
}

function conv(layer: Conv2d, x: Tensor64, weights: Weights): Pass {
  const w = weights.get(`${layer.name}.weight`);
  const bias = weights.get(`${layer.name}.bias`);
  const y = like(convTerms(layer, x, () => undefined));
  const [, , oh = 1, ow = 1] = y.shape;
  convTerms(layer, x, (yi, xi, wi) => add(y.data, yi, get(x.data, xi) * get(w, wi)));
  y.data.forEach((_, i) => add(y.data, i, get(bias, Math.floor(i / (oh * ow)) % layer.outChannels)));
  return {
    y,
    backward: (dy, gradients) => {
      const dx = new Float64Array(x.data.length);
      const dw = new Float64Array(w?.length ?? 0);
      const db = new Float64Array(layer.outChannels);
      convTerms(layer, x, (yi, xi, wi) => {
        add(dx, xi, get(dy, yi) * get(w, wi));
        add(dw, wi, get(dy, yi) * get(x.data, xi));
      });
      dy.forEach((g, i) => add(db, Math.floor(i / (oh * ow)) % layer.outChannels, g));
      gradients.set(`${layer.name}.weight`, dw);
      if (layer.bias) gradients.set(`${layer.name}.bias`, db);
      return dx;
    },
  };
}

function linear(layer: Linear, x: Tensor64, weights: Weights): Pass {
  const { inFeatures, outFeatures, name } = layer;
  const as: Conv2d = {
    ...layer,
    kind: 'Conv2d',
    inChannels: inFeatures,
    outChannels: outFeatures,
    kernelSize: 1,
    stride: 1,
    padding: 0,
  };
  const pass = conv({ ...as, name }, { shape: [x.shape[0] ?? 0, inFeatures, 1, 1], data: x.data }, weights);
  return { ...pass, y: { shape: [x.shape[0] ?? 0, outFeatures], data: pass.y.data } };
}

function maxPool(layer: MaxPool2d, x: Tensor64): Pass {
  const [n, c, h, w] = image(x);
  const { kernelSize: k, stride: s, padding: p } = layer;
  const oh = windowOutputSize(h, k, s, p);
  const ow = windowOutputSize(w, k, s, p);
  const y = like([n, c, oh, ow]);
  const source = y.data.map((_, at) => {
    const ox = at % ow;
    const oy = Math.floor(at / ow) % oh;
    const plane = Math.floor(at / (ow * oh)) * h * w;
    let best = -1;
    for (let iy = oy * s - p; iy < oy * s - p + k; iy += 1)
      for (let ix = ox * s - p; ix < ox * s - p + k; ix += 1) {
        if (iy < 0 || ix < 0 || iy >= h || ix >= w) continue;
        const i = plane + iy * w + ix;
        if (best < 0 || get(x.data, i) > get(x.data, best)) best = i;
      }
    y.data[at] = get(x.data, best);
    return best;
  });
  return {
    y,
    backward: (dy) => {
      const dx = new Float64Array(x.data.length);
      dy.forEach((g, i) => add(dx, get(source, i), g));
      return dx;
    },
  };
}

function averagePool(size: number, x: Tensor64): Pass {
  const [n, c, h, w] = image(x);
  const y = like([n, c, size, size]);
  const each = (visit: (y: number, x: number, share: number) => void): void => {
    for (let at = 0; at < y.data.length; at += 1) {
      const oy = Math.floor(at / size) % size;
      const ox = at % size;
      const [y0, y1] = [Math.floor((oy * h) / size), Math.ceil(((oy + 1) * h) / size)];
      const [x0, x1] = [Math.floor((ox * w) / size), Math.ceil(((ox + 1) * w) / size)];
      const plane = Math.floor(at / (size * size)) * h * w;
      for (let iy = y0; iy < y1; iy += 1)
        for (let ix = x0; ix < x1; ix += 1) visit(at, plane + iy * w + ix, 1 / ((y1 - y0) * (x1 - x0)));
    }
  };
  each((yi, xi, share) => add(y.data, yi, get(x.data, xi) * share));
  return {
    y,
    backward: (dy) => {
      const dx = new Float64Array(x.data.length);
      each((yi, xi, share) => add(dx, xi, get(dy, yi) * share));
      return dx;
    },
  };
}

function batchNorm(layer: BatchNorm2d, x: Tensor64, weights: Weights): Pass {
  const [n, c, h, w] = image(x);
  const count = n * h * w;
  const channel = (i: number): number => Math.floor(i / (h * w)) % c;
  const sums = (value: (i: number) => number): Float64Array => {
    const total = new Float64Array(c);
    x.data.forEach((_, i) => add(total, channel(i), value(i)));
    return total;
  };
  const mean = sums((i) => get(x.data, i)).map((s) => s / count);
  const variance = sums((i) => (get(x.data, i) - get(mean, channel(i))) ** 2).map((s) => s / count);
  const normal = x.data.map(
    (v, i) => (v - get(mean, channel(i))) / Math.sqrt(get(variance, channel(i)) + layer.eps),
  );
  const weight = weights.get(`${layer.name}.weight`);
  const bias = weights.get(`${layer.name}.bias`);
  const y = {
    shape: x.shape,
    data: normal.map((v, i) => v * get(weight, channel(i)) + get(bias, channel(i))),
  };
  return {
    y,
    backward: (dy, gradients) => {
      const db = sums((i) => get(dy, i));
      const dw = sums((i) => get(dy, i) * get(normal, i));
      gradients.set(`${layer.name}.weight`, dw);
      gradients.set(`${layer.name}.bias`, db);
      return dy.map((g, i) => {
        const k = channel(i);
        const scale = get(weight, k) / Math.sqrt(get(variance, k) + layer.eps);
        return scale * (g - get(db, k) / count - (get(normal, i) * get(dw, k)) / count);
      });
    },
  };
}

function layerPass(layer: LayerSpec, x: Tensor64, weights: Weights): Pass {
  switch (layer.kind) {
    case 'Conv2d':
      return conv(layer, x, weights);
    case 'Linear':
      return linear(layer, x, weights);
    case 'BatchNorm2d':
      return batchNorm(layer, x, weights);
    case 'MaxPool2d':
      return maxPool(layer, x);
    case 'AdaptiveAvgPool2d':
      return averagePool(layer.outputSize, x);
    case 'ReLU':
      return {
        y: { shape: x.shape, data: x.data.map((v) => Math.max(0, v)) },
        backward: (dy) => dy.map((g, i) => (get(x.data, i) > 0 ? g : 0)),
      };
    case 'Flatten':
      return {
        y: { shape: [x.shape[0] ?? 0, sizeOf(x.shape.slice(1))], data: x.data },
        backward: (dy) => dy,
      };
    case 'Residual': {
      const body = sequencePass(layer.body, x, weights);
      const shortcut = sequencePass(layer.shortcut, x, weights);
      return {
        y: { shape: body.y.shape, data: body.y.data.map((v, i) => v + get(shortcut.y.data, i)) },
        backward: (dy, gradients) => {
          const throughShortcut = shortcut.backward(dy, gradients);
          return body.backward(dy, gradients).map((g, i) => g + get(throughShortcut, i));
        },
      };
    }
    case 'Dropout':
    case 'Dropout2d':
      throw new Error('Dropout is tested by its mask.');
    default:
      return assertNever(layer);
  }
}

export function sequencePass(layers: readonly LayerSpec[], x: Tensor64, weights: Weights): Pass {
  const passes: Pass[] = [];
  let y = x;
  for (const layer of layers) {
    const pass = layerPass(layer, y, weights);
    passes.push(pass);
    y = pass.y;
  }
  return { y, backward: (dy, gradients) => passes.reduceRight((g, pass) => pass.backward(g, gradients), dy) };
}

/** The losses of kernels/loss.ts with their gradients in double-floats (arithmetic.ts). */
import type { Kernel } from '@/engine/webgpu/kernel';
import { clockWgsl } from '@/engine/webgpu/kernels/clock';
import { doubleGroupKernel, doubleLiteral } from '@/engine/webgpu/kernels/double/arithmetic';
import { nanWgsl } from '@/engine/webgpu/kernels/exact';
import { classes, lossBindings, meanOfImages, type LossParams } from '@/engine/webgpu/kernels/loss';
import { literal } from '@/engine/webgpu/kernels/source';
import { assertNever } from '@/model/layers';
import type { LossKind } from '@/model/runConfig';

/** Terms of the exponential's series, over at most ln(2) / 2: the next one is below 2^-60. */
const terms = 13;

const softmaxWgsl = `
alias Row = array<Double, ${classes}>;
const one = Double(1.0, 0.0);
/** e^x for x <= 0, as 2^k e^r. */
fn exponential(x: Double) -> Double {
  let k = round(x.hi * ${literal(1 / Math.LN2)});
  if (k < -126.0) { return Double(); }
  let r = subtract(x, multiply(Double(k, 0.0), ${doubleLiteral(Math.LN2)}));
  var sum = one;
  for (var term = ${terms}u + hidden; term > 0u; term--) {
    sum = add(one, divide(multiply(r, sum), Double(f32(term), 0.0)));
  }
  let scale = bitcast<f32>(u32(i32(k) + 127) << 23u);
  return Double(sum.hi * scale, sum.lo * scale);
}
/** Probabilities into the second row; gives the sum of exponentials, each less the maximum, and the maximum. */
fn softmax(source: ptr<function, Row>, into: ptr<function, Row>) -> vec2f {
  var top = (*source)[0];
  for (var k = 1u + hidden; k < ${classes}u; k++) {
    if (subtract((*source)[k], top).hi > 0.0) { top = (*source)[k]; }
  }
  var sum = Double();
  for (var k = hidden; k < ${classes}u; k++) {
    (*into)[k] = exponential(subtract((*source)[k], top));
    sum = add(sum, (*into)[k]);
  }
  for (var k = hidden; k < ${classes}u; k++) { (*into)[k] = divide((*into)[k], sum); }
  return vec2f(log(sum.hi), top.hi);
}
fn oneHot(k: u32, t: u32) -> Double { return Double(select(0.0, 1.0, k == t), 0.0); }
`;

/** As argmaxWgsl of kernels/loss.ts. */
const argmaxWgsl = `${nanWgsl()}
fn argmax(row: ptr<function, Row>) -> u32 {
  var best = 0u;
  for (var k = hidden; k < ${classes}u; k++) {
    let value = (*row)[k];
    let top = (*row)[best];
    if (isNan(value.hi)) { return k; }
    if (value.hi > top.hi || (value.hi == top.hi && value.lo > top.lo)) { best = k; }
  }
  return best;
}
`;

/** Statements that set `value` and the row `d` from z, p = softmax(z), `tail` (log-sum and maximum) and the label t. */
function statements(kind: LossKind, smoothing: number): string {
  const each = (statement: string): string =>
    `  for (var k = hidden; k < ${classes}u; k++) { ${statement} }\n`;
  switch (kind) {
    case 'cross_entropy':
    case 'nll_log_softmax': {
      const s = kind === 'cross_entropy' ? smoothing : 0;
      return each(`var share = ${doubleLiteral(s / classes)};
    if (k == t) { share = ${doubleLiteral(1 - s + s / classes)}; }
    if (share.hi != 0.0) { value += share.hi * (tail.x + (tail.y - z[k].hi)); }
    d[k] = subtract(p[k], share);`);
    }
    case 'nll_logits':
      return `  value = -z[t].hi;
${each('d[k] = negate(oneHot(k, t));')}`;
    case 'nll_softmax':
      return `  value = -p[t].hi;
${each('d[k] = multiply(p[t], subtract(p[k], oneHot(k, t)));')}`;
    case 'cross_entropy_softmax':
      return `  var q: Row;
  let second = softmax(&p, &q);
  value = second.x + (second.y - p[t].hi);
  var dot = Double();
${each('dot = add(dot, multiply(subtract(q[k], oneHot(k, t)), p[k]));')}${each(
        'd[k] = multiply(p[k], subtract(subtract(q[k], oneHot(k, t)), dot));',
      )}`;
    default:
      return assertNever(kind);
  }
}

/** As lossAndGradient, with Doubles in `logits` and `dlogits`. */
export function doubleLossAndGradient({ batch, loss }: LossParams): Kernel {
  const plane = `${batch * classes}u`;
  return doubleGroupKernel(
    {
      label: `double loss ${loss.kind} n${batch}`,
      bindings: lossBindings,
      code: `${clockWgsl}${softmaxWgsl}${argmaxWgsl}
var<workgroup> sums: array<vec2f, 64>;
fn lossOf(n: u32, zero: u32) -> vec2f {
  let t = batchLabels[n];
  var z: Row;
  for (var k = zero; k < ${classes}u; k++) {
    let at = n * ${classes}u + k;
    z[k] = Double(logits[at], logits[at + ${plane}]);
  }
  let best = argmax(&z);
  var p: Row;
  var d: Row;
  let tail = softmax(&z, &p);
  var value = 0.0;
${statements(loss.kind, loss.labelSmoothing)}
  for (var k = zero; k < ${classes}u; k++) {
    let at = n * ${classes}u + k;
    let mean = multiply(d[k], ${doubleLiteral(1 / batch)});
    dlogits[at] = mean.hi;
    dlogits[at + ${plane}] = mean.lo;
  }
  return vec2f(value, select(0.0, 1.0, best == t));
}
`,
    },
    meanOfImages(batch),
  );
}

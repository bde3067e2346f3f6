/**
 * Rate of every convolution and Linear kernel of the networks beside a plain register-tiled matrix product on the same adapter:
 * `npx tsx --tsconfig tsconfig.scripts.json bench/webgpuKernels.ts --net mynn,lenet --batch 64 --rules '{"rows":8}'`.
 * Best of many rounds, all kernels in turn, so that a busy machine disturbs little.
 */
import { parseArgs } from 'node:util';
import type { Kernel } from '@/engine/webgpu/kernel';
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import type { KernelSequence, KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { linearForward, linearInputGradient, linearWeightGradient } from '@/engine/webgpu/kernels/linear';
import { PipelineCache } from '@/engine/webgpu/pipelines';
import { architectureById } from '@/model/architectures';
import { inferShapes, type LayerShapes } from '@/model/shapes';
import { timedSequence, type TimedSequence } from '@/engine/webgpu/timedSequence';
import { openDevice, parseRules } from './webgpuDevice.ts';

/** Makes a kernel for a target, such as `(target) => convForward(params, target)`. */
type KernelMaker = (target: KernelTarget) => KernelSequence;

interface Row {
  readonly name: string;
  readonly products: number;
  readonly make: KernelMaker;
}

/** 512 x 512 x 512, 4 x 4 values a thread, vec4 loads: what one writes without knowing the adapter. */
function matmulKernel(): Kernel {
  const names = [0, 1, 2, 3];
  const wgsl = `@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4u;
  ${names.map((i) => `var c${i} = vec4f();`).join(' ')}
  for (var k = 0u; k < 128u; k++) {
    ${names.map((i) => `let a${i} = a[(row + ${i}u) * 128u + k]; let b${i} = b[(k * 4u + ${i}u) * 128u + id.x];`).join('\n    ')}
    ${names.map((i) => names.map((j) => `c${i} = fma(vec4f(a${i}[${j}]), b${j}, c${i});`).join(' ')).join('\n    ')}
  }
  ${names.map((i) => `c[(row + ${i}u) * 128u + id.x] = c${i};`).join(' ')}
}`;
  const bindings = [
    { name: 'a', access: 'read' },
    { name: 'b', access: 'read' },
    { name: 'c', access: 'read_write' },
  ] as const;
  return { label: 'plain matmul 512', wgsl, bindings, workgroups: [16, 16, 1] };
}

/** In a step the optimizer adds a weight gradient's partial sums. */
const inStep = { partialsOffset: 0 };

function rowsOf({ layer, input, output }: LayerShapes, batch: number, isFirst: boolean): Row[] {
  if (layer.kind === 'Conv2d') {
    const [, height = 1, width = 1] = input;
    const { inChannels, outChannels, kernelSize, stride, padding, bias } = layer;
    const shape = { batch, height, width, inChannels, outChannels, kernelSize, stride, padding };
    const [, outHeight = 1, outWidth = 1] = output;
    const products = batch * outHeight * outWidth * kernelSize ** 2 * inChannels * outChannels;
    return [
      { name: 'forward', products, make: (target) => convForward({ ...shape, bias }, target) },
      {
        name: 'weight',
        products,
        make: (target) => convWeightGradient({ ...shape, bias, ...inStep }, target),
      },
      ...(isFirst
        ? []
        : [{ name: 'input', products, make: (target: KernelTarget) => convInputGradient(shape, target) }]),
    ];
  }
  if (layer.kind === 'Linear') {
    const { inFeatures, outFeatures, bias } = layer;
    const shape = { batch, inFeatures, outFeatures };
    const products = batch * inFeatures * outFeatures;
    return [
      { name: 'forward', products, make: (target) => linearForward({ ...shape, bias }, target) },
      {
        name: 'weight',
        products,
        make: (target) => linearWeightGradient({ ...shape, bias, ...inStep }, target),
      },
      { name: 'input', products, make: (target) => linearInputGradient(shape, target) },
    ];
  }
  return [];
}

function networkRows(network: string, batch: number, only: string): Row[] {
  const seen = new Set<string>();
  return inferShapes(architectureById(network), [1, 28, 28])
    .flatMap((shapes, i) => rowsOf(shapes, batch, i === 0))
    .filter(({ make }) => {
      const label = make({ isSoftware: true }).kernels[0]?.label ?? '';
      if (seen.has(label) || !label.includes(only)) return false;
      seen.add(label);
      return true;
    });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      net: { type: 'string', default: 'mynn,lenet,resnet,vgg2,resnet18' },
      batch: { type: 'string', default: '64' },
      rounds: { type: 'string', default: '4' },
      /** Only kernels whose label contains this. */
      only: { type: 'string', default: '' },
      /** TileRules to try beside the standard ones; may be given several times. */
      rules: { type: 'string', multiple: true, default: [] },
      /** Do without subgroups. */
      plain: { type: 'boolean', default: false },
    },
  });
  const { device, target, name: adapterName } = await openDevice(values.plain);
  console.log(`${adapterName}, batch ${values.batch}`);

  const cache = new PipelineCache(device);
  const entries: { name: string; flops: number; sequence: TimedSequence; best: number }[] = [];
  const add = async (name: string, products: number, make: KernelMaker, rules?: string): Promise<void> => {
    const chosen = rules === undefined ? target : { ...target, rules: parseRules(rules) };
    const sequence = await timedSequence(device, cache, make(chosen));
    entries.push({ name, flops: 2 * products, sequence, best: Number.POSITIVE_INFINITY });
  };
  const lengths = { a: 512 ** 2, b: 512 ** 2, c: 512 ** 2 };
  await add('plain matmul 512', 512 ** 3, () => ({ kernels: [matmulKernel()], partialsLength: 0, lengths }));
  for (const network of values.net.split(',')) {
    for (const { products, make } of networkRows(network, Number(values.batch), values.only)) {
      const label = make(target).kernels[0]?.label ?? '';
      for (const rules of [undefined, ...values.rules])
        await add(`${network} ${label} ${rules ?? ''}`, products, make, rules);
    }
  }
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const entry of entries) {
      // Short kernels several times in one submit, which costs about 0.2 ms. A real GPU needs microseconds a kernel.
      const times = Math.max(1, Math.min(200, Math.floor(10 / Math.min(entry.best, 100))));
      entry.best = Math.min(entry.best, await entry.sequence.run(round === 0 ? 1 : times));
    }
  const rate = ({ flops, best }: { flops: number; best: number }): number => flops / best / 1e6;
  const plain = entries[0] === undefined ? 1 : rate(entries[0]);
  for (const entry of entries)
    console.log(
      `${entry.name.padEnd(74)} ${entry.best.toFixed(4).padStart(9)} ms ${rate(entry).toFixed(1).padStart(6)} GFLOP/s ${(rate(entry) / plain).toFixed(2)}`,
    );
}

await main();
process.exit(0);

/**
 * Rate of every convolution and Linear kernel of the networks beside a plain register-tiled matrix product on the same adapter:
 * `npx tsx --tsconfig tsconfig.scripts.json bench/webgpuKernels.ts --net mynn,lenet --batch 64 --rules '{"rows":8}'`.
 * Best of many rounds, all kernels in turn, so that a busy machine disturbs little.
 */
import { parseArgs } from 'node:util';
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import type { KernelSequence, KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { linearForward, linearInputGradient, linearWeightGradient } from '@/engine/webgpu/kernels/linear';
import { PipelineCache } from '@/engine/webgpu/pipelines';
import { standardNetwork } from '@/model/standardNetworks';
import { defaultInput } from '@/model/presets';
import { inferShapes, inputShape, type LayerShapes } from '@/model/shapes';
import { convWindow, isPlainConv } from '@/model/layers/conv2d';
import { timedSequence, type TimedSequence } from '@/engine/webgpu/timedSequence';
import { leastDispatch, plainMatmul, type MatmulShape } from './plainMatmul.ts';
import { openDevice, parseRules } from './webgpuDevice.ts';

/** Makes a kernel for a target, such as `(target) => convForward(params, target)`. */
type KernelMaker = (target: KernelTarget) => KernelSequence;

interface Row {
  readonly name: string;
  readonly products: number;
  /** The matrix product that the kernel is, implicitly. */
  readonly matmul: MatmulShape;
  readonly make: KernelMaker;
}

/** In a step the optimizer adds a weight gradient's partial sums. */
const inStep = { partialsOffset: 0 };

type Matmuls = Readonly<Record<'forward' | 'weight' | 'input', MatmulShape>>;

const rowMaker =
  (matmuls: Matmuls, products: number) =>
  (name: keyof Matmuls, make: KernelMaker): Row => ({ name, products, matmul: matmuls[name], make });

/** The three products of a layer with `window` weights for each pair of channels, over so many pixels coming in and going out. */
function matmulsOf(
  pixels: { readonly input: number; readonly output: number },
  window: number,
  channels: { readonly input: number; readonly output: number },
): Matmuls {
  const depth = window * channels.input;
  return {
    forward: { rows: pixels.output, depth, columns: channels.output },
    weight: { rows: depth, depth: pixels.output, columns: channels.output },
    // With a stride each pixel meets only some of the window.
    input: {
      rows: pixels.input,
      depth: Math.ceil((pixels.output * window) / pixels.input) * channels.output,
      columns: channels.input,
    },
  };
}

function rowsOf({ layer, input, output }: LayerShapes, batch: number, isFirst: boolean): Row[] {
  if (layer.kind === 'Conv2d' && isPlainConv(layer)) {
    const [, height = 1, width = 1] = input;
    const { inChannels, outChannels, kernelSize, stride, bias } = layer;
    const { padding } = convWindow(layer);
    const shape = { batch, height, width, inChannels, outChannels, kernelSize, stride, padding };
    const [, outHeight = 1, outWidth = 1] = output;
    const pixels = { input: batch * height * width, output: batch * outHeight * outWidth };
    const matmuls = matmulsOf(pixels, kernelSize ** 2, { input: inChannels, output: outChannels });
    const products = pixels.output * kernelSize ** 2 * inChannels * outChannels;
    const row = rowMaker(matmuls, products);
    return [
      row('forward', (target) => convForward({ ...shape, bias }, target)),
      row('weight', (target) => convWeightGradient({ ...shape, bias, ...inStep }, target)),
      ...(isFirst ? [] : [row('input', (target) => convInputGradient(shape, target))]),
    ];
  }
  if (layer.kind === 'Linear') {
    const { inFeatures, outFeatures, bias } = layer;
    const shape = { batch, inFeatures, outFeatures };
    const channels = { input: inFeatures, output: outFeatures };
    const matmuls = matmulsOf({ input: batch, output: batch }, 1, channels);
    const products = batch * inFeatures * outFeatures;
    const row = rowMaker(matmuls, products);
    return [
      row('forward', (target) => linearForward({ ...shape, bias }, target)),
      row('weight', (target) => linearWeightGradient({ ...shape, bias, ...inStep }, target)),
      row('input', (target) => linearInputGradient(shape, target)),
    ];
  }
  return [];
}

function networkRows(network: string, batch: number, only: string): Row[] {
  const seen = new Set<string>();
  return inferShapes(standardNetwork(network), inputShape(defaultInput(network)))
    .flatMap((shapes, i) => rowsOf(shapes, batch, i === 0))
    .filter(({ make }) => {
      const label = make({ isSoftware: true }).kernels[0]?.label ?? '';
      if (seen.has(label) || !label.includes(only)) return false;
      seen.add(label);
      return true;
    });
}

interface Entry {
  /** Empty for a matrix product that only others are compared with. */
  readonly name: string;
  readonly flops: number;
  readonly sequence: TimedSequence;
  /** Milliseconds. */
  best: number;
  /** The plain matrix product of the same size. */
  readonly own: Entry | undefined;
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
      /** As if the adapter were a real GPU. */
      hardware: { type: 'boolean', default: false },
    },
  });
  const { device, target, name: adapterName } = await openDevice(values.plain, values.hardware);
  console.log(`${adapterName}, batch ${values.batch}`);

  const cache = new PipelineCache(device);
  const entries: Entry[] = [];
  const add = async (
    name: string,
    products: number,
    kernels: KernelSequence,
    own?: Entry,
  ): Promise<Entry> => {
    const sequence = await timedSequence(device, cache, kernels);
    const entry = { name, flops: 2 * products, sequence, best: Number.POSITIVE_INFINITY, own };
    entries.push(entry);
    return entry;
  };
  const least = await add('least dispatch', 0, leastDispatch());
  const plain = await add('plain matmul 512', 512 ** 3, plainMatmul({ rows: 512, columns: 512, depth: 512 }));
  for (const network of values.net.split(',')) {
    for (const { products, matmul, make } of networkRows(network, Number(values.batch), values.only)) {
      const label = make(target).kernels[0]?.label ?? '';
      const own = await add('', products, plainMatmul(matmul));
      for (const rules of [undefined, ...values.rules]) {
        const chosen = rules === undefined ? target : { ...target, rules: parseRules(rules) };
        await add(`${network} ${label} ${rules ?? ''}`, products, make(chosen), own);
      }
    }
  }
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const entry of entries) {
      // Short kernels many times in one submit, which costs about 0.2 ms. A real GPU needs microseconds a kernel.
      const times = Math.max(1, Math.min(1000, Math.floor(10 / Math.min(entry.best, 100))));
      entry.best = Math.min(entry.best, await entry.sequence.run(round === 0 ? 1 : times));
    }
  const rate = ({ flops, best }: Entry): number => flops / best / 1e6;
  console.log(`A dispatch takes ${(1000 * least.best).toFixed(1)} us at least.`);
  console.log(
    `${'kernel'.padEnd(74)} ${'ms'.padStart(9)} GFLOP/s, of a plain matmul of 512, of its own size`,
  );
  for (const entry of entries) {
    if (entry === least || entry.name === '') continue;
    const own = entry.own === undefined ? '' : (entry.own.best / entry.best).toFixed(2);
    console.log(
      `${entry.name.padEnd(74)} ${entry.best.toFixed(4).padStart(9)} ${rate(entry).toFixed(1).padStart(7)} ${(rate(entry) / rate(plain)).toFixed(2)} ${own}`,
    );
  }
}

await main();
process.exit(0);

/**
 * Microseconds of each dispatch of a compiled training step, one after the other on the device:
 * `npx tsx --tsconfig tsconfig.scripts.json bench/webgpuStep.ts --net mynn,vgg2 --batch 64`. Best of some rounds.
 */
import { parseArgs } from 'node:util';
import { buildProgram, controlResources } from '@/engine/webgpu/buildProgram';
import { CompiledProgram } from '@/engine/webgpu/compiledProgram';
import { BufferPool, DeviceMemory } from '@/engine/webgpu/deviceMemory';
import { clockData } from '@/engine/webgpu/kernels/clock';
import { PipelineCache } from '@/engine/webgpu/pipelines';
import { Program } from '@/engine/webgpu/program';
import { ImageInbox } from '@/engine/webgpu/residentImages';
import { RunMemory } from '@/engine/webgpu/runMemory';
import { openDevice, parseRules, type BenchDevice } from './webgpuDevice.ts';
import { benchConfig } from './task.ts';

interface Timed {
  readonly label: string;
  readonly workgroups: number;
  readonly compiled: CompiledProgram;
  best: number;
}

async function runFor(device: GPUDevice, compiled: CompiledProgram, times: number): Promise<number> {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let i = 0; i < times; i += 1) compiled.encode(pass);
  pass.end();
  const start = performance.now();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  return (performance.now() - start) / times;
}

interface Recording {
  /** Milliseconds of JavaScript for one step: its commands into an encoder. */
  readonly step: number;
  /** And for one submit, whatever the number of steps in it. */
  readonly submit: number;
}

/** Medians; nothing waits for the device in between, so that wall time is the thread's own. */
async function timeRecording(device: GPUDevice, compiled: CompiledProgram): Promise<Recording> {
  const steps: number[] = [];
  const submits: number[] = [];
  for (let round = 0; round < 41; round += 1) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const start = performance.now();
    compiled.encode(pass);
    const recorded = performance.now();
    pass.end();
    const commands = encoder.finish();
    // One of them is let through, so that the device has little to do.
    if (round % 8 === 0) device.queue.submit([commands]);
    const submitted = performance.now();
    steps.push(recorded - start);
    if (round % 8 === 0) submits.push(submitted - recorded);
    await device.queue.onSubmittedWorkDone();
  }
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  return { step: median(steps), submit: median(submits) };
}

/** Values that are not 0 and do not grow: zeros would flatter a kernel. */
function fill({ device }: BenchDevice, buffer: GPUBuffer): void {
  const chunk = Float32Array.from({ length: 2 ** 16 }, (_, i) => (((i * 37) % 101) / 50 - 1) / 16);
  for (let at = 0; at < buffer.size; at += chunk.byteLength)
    device.queue.writeBuffer(buffer, at, chunk, 0, Math.min(chunk.length, (buffer.size - at) / 4));
}

interface Task {
  readonly network: string;
  readonly batchSize: number;
  readonly rounds: number;
  /** TileRules as JSON, or the adapter's own. */
  readonly rules: string | null;
}

async function measure(bench: BenchDevice, { network, batchSize, rounds, rules }: Task): Promise<void> {
  const { device } = bench;
  const target = rules === null ? bench.target : { ...bench.target, rules: parseRules(rules) };
  const { maxStorageBufferBindingSize } = device.limits;
  const stored = new RunMemory(maxStorageBufferBindingSize);
  const source = new ImageInbox(batchSize * 8);
  const control = controlResources();
  const config = benchConfig({ network, batchSize });
  const program = buildProgram(config, stored, {
    mode: 'train',
    images: batchSize,
    source,
    control,
    target,
  });
  const memory = new DeviceMemory(device, { maxBufferSize: null, maxStorageBufferBindingSize: null });
  const pool = new BufferPool();
  const step = new CompiledProgram(program, memory, pool);
  const cache = new PipelineCache(device);
  const timed: Timed[] = program.dispatches.map((dispatch) => {
    const single = new Program();
    single.rearrange(() => [dispatch]);
    const { label, workgroups } = dispatch.kernel;
    return {
      label,
      workgroups: workgroups[0] * workgroups[1] * workgroups[2],
      compiled: new CompiledProgram(single, memory, pool),
      best: Number.POSITIVE_INFINITY,
    };
  });
  const resources = new Set([step, ...timed.map(({ compiled }) => compiled)].flatMap((one) => one.resources));
  await memory.allocate([...resources], network);
  for (const resource of resources) fill(bench, memory.buffer(resource));
  source.open(memory);
  const start = clockData({ step: 0, row: 0, slot: 0, seed: 1 });
  device.queue.writeBuffer(memory.buffer(control.clock), 0, start);
  const compiling = performance.now();
  for (const { compiled } of [{ compiled: step }, ...timed]) {
    await compiled.prepare(cache);
    await runFor(device, compiled, 1);
  }
  const compiled = performance.now() - compiling;
  let whole = Number.POSITIVE_INFINITY;
  const timesFor = (best: number): number => Math.max(1, Math.min(200, Math.floor(10 / best)));
  for (let round = 0; round < rounds; round += 1) {
    whole = Math.min(whole, await runFor(device, step, timesFor(whole)));
    for (const one of timed)
      one.best = Math.min(one.best, await runFor(device, one.compiled, timesFor(one.best)));
  }
  const recording = await timeRecording(device, step);
  const sum = timed.reduce((total, { best }) => total + best, 0);
  console.log(
    `${network} batch ${batchSize}${rules === null ? '' : ` ${rules}`}: step ${whole.toFixed(3)} ms, ${timed.length} dispatches alone ${sum.toFixed(3)} ms, compiled in ${(compiled / 1000).toFixed(1)} s; JavaScript ${recording.step.toFixed(3)} ms a step, ${recording.submit.toFixed(3)} ms a submit`,
  );
  for (const label of new Set(timed.map((one) => one.label))) {
    const equal = timed.filter((one) => one.label === label);
    const best = equal.reduce((total, one) => total + one.best, 0);
    const [{ workgroups } = { workgroups: 0 }] = equal;
    console.log(
      `  ${((1000 * best) / equal.length).toFixed(1).padStart(9)} us x ${String(equal.length).padEnd(2)} ${((100 * best) / sum).toFixed(1).padStart(5)} %  ${String(workgroups).padStart(6)} groups  ${label}`,
    );
  }
  memory.dispose();
}

const { values } = parseArgs({
  options: {
    net: { type: 'string', default: 'mynn' },
    batch: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '8' },
    /** Do without subgroups. */
    plain: { type: 'boolean', default: false },
    /** As if the adapter were a real GPU. */
    hardware: { type: 'boolean', default: false },
    /** TileRules to try beside the adapter's own; may be given several times. */
    rules: { type: 'string', multiple: true, default: [] },
  },
});
const bench = await openDevice(values.plain, values.hardware);
console.log(bench.name);
for (const network of values.net.split(',')) {
  for (const rules of [null, ...values.rules]) {
    await measure(bench, {
      network,
      batchSize: Number(values.batch),
      rounds: Number(values.rounds),
      rules,
    });
  }
}
process.exit(0);

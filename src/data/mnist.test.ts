// The loader against a real HTTP server that serves public/mnist and misbehaves on request.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseIdx } from '@/data/idx';
import type { ManifestFile } from '@/data/manifest';
import { MnistLoader, type DataProgress } from '@/data/mnist';
import { buildSprites } from '../../scripts/mnistSheets.mjs';
import { defaultSourceFolder, sourceSplits } from '../../scripts/mnistSource.mjs';

type Fault = 'missing' | 'cut' | 'ends early' | 'flipped byte' | 'start page' | 'hangs';

const startPage = '<!doctype html><html lang="en"><title>Digit Lab</title></html>';
const contents = new Map<string, Buffer>();
const source = new Map<string, Uint8Array>();
let totalBytes = 0;

let faults: Map<string, Fault>;
let requests: string[];
let baseUrl: string;

const server = createServer((request, response) => {
  const name = new URL(request.url ?? '', 'http://x').pathname.replace('/lab/mnist/', '');
  requests.push(name);
  // A connection that is kept may be closed by one side at the moment at which the other one uses it again.
  response.setHeader('Connection', 'close');
  const content = contents.get(name);
  if (content === undefined) response.writeHead(404).end();
  else answer(response, content, faults.get(name));
});

function answer(response: ServerResponse, content: Buffer, fault: Fault | undefined): void {
  switch (fault) {
    case undefined:
      response.writeHead(200, { 'Content-Length': content.length }).end(content);
      return;
    case 'missing':
      response.writeHead(404).end('no such file');
      return;
    case 'cut':
      // The connection breaks half-way.
      response.writeHead(200, { 'Content-Length': content.length });
      response.write(content.subarray(0, content.length / 2), () => response.destroy());
      return;
    case 'ends early':
      response.writeHead(200).end(content.subarray(0, content.length - 10));
      return;
    case 'flipped byte': {
      const flipped = Buffer.from(content);
      flipped[content.length - 1000] = (flipped[content.length - 1000] ?? 0) ^ 1;
      response.writeHead(200).end(flipped);
      return;
    }
    case 'start page':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(startPage);
      return;
    case 'hangs':
      response.writeHead(200, { 'Content-Length': content.length });
      response.write(content.subarray(0, 1000));
      return;
  }
}

beforeAll(async () => {
  const { outputFolder, bytes } = await buildSprites();
  totalBytes = bytes;
  const manifest = await readFile(join(outputFolder, 'manifest.json'));
  contents.set('manifest.json', manifest);
  const { files } = JSON.parse(manifest.toString()) as { files: ManifestFile[] };
  for (const { name } of files) contents.set(name, await readFile(join(outputFolder, name)));
  for (const { images, labels } of Object.values(sourceSplits)) {
    for (const { file } of [images, labels]) {
      const bytes = new Uint8Array(await readFile(join(defaultSourceFolder(), file)));
      source.set(file, parseIdx(file, bytes).data);
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lab/`;
});

beforeEach(() => {
  faults = new Map();
  requests = [];
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function expectOriginal(loader: MnistLoader): void {
  for (const [split, { images, labels }] of [
    [loader.training, sourceSplits.train],
    [loader.test, sourceSplits.test],
  ] as const) {
    expect(split.count).toBe(images.count);
    expect(Buffer.compare(split.images, source.get(images.file) ?? Buffer.of())).toBe(0);
    expect(Buffer.compare(split.labels, source.get(labels.file) ?? Buffer.of())).toBe(0);
  }
  expect(loader.isComplete).toBe(true);
}

test('loads all of MNIST, the first sheet first, and tells the bytes as they come', async () => {
  const progress: DataProgress[] = [];
  const loader = new MnistLoader({ baseUrl, onProgress: (event) => progress.push(event) });
  expect(await loader.load()).toEqual([]);
  expectOriginal(loader);

  expect(requests.slice(0, 3).sort()).toEqual(['manifest.json', 'train-0.png', 'train-labels.bin']);
  expect(new Set(requests).size).toBe(10);
  expect(requests).toHaveLength(10);

  for (const { totalBytes: total } of progress) expect(total).toBe(totalBytes);
  const loaded = progress.map(({ loadedBytes }) => loadedBytes);
  expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  expect(loaded.at(0)).toBe(0);
  expect(loaded.at(-1)).toBe(totalBytes);
  expect(new Set(loaded).size, 'pieces, not only whole files').toBeGreaterThan(20);
  const early = progress.find(({ trainingImages }) => trainingImages > 0);
  expect(early).toMatchObject({ trainingImages: 10_000, testImages: 0, fromCache: false });
  expect(progress.at(-1)).toMatchObject({ trainingImages: 60_000, testImages: 10_000, fromCache: false });

  requests = [];
  expect(await loader.load()).toEqual([]);
  expect(requests, 'nothing is missing').toEqual([]);
});

test('goes on past files that fail, names each, and a retry loads these alone', async () => {
  faults = new Map<string, Fault>([
    ['train-1.png', 'missing'],
    ['train-2.png', 'flipped byte'],
    ['train-3.png', 'cut'],
    ['train-4.png', 'ends early'],
    ['test-labels.bin', 'start page'],
  ]);
  const progress: DataProgress[] = [];
  const told: string[] = [];
  const loader = new MnistLoader({
    baseUrl,
    onProgress: (event) => progress.push(event),
    onError: ({ file }) => told.push(file),
  });
  const errors = await loader.load();
  const byFile = Object.fromEntries(errors.map((error) => [error.file, error]));
  expect(told.sort()).toEqual([...faults.keys()].sort());
  expect(Object.keys(byFile).sort()).toEqual(told);
  expect(byFile['train-1.png']).toMatchObject({
    code: 'data_fetch',
    message: 'Cannot load train-1.png: the server answered 404 Not Found. Load it again.',
  });
  expect(byFile['train-2.png']).toMatchObject({ code: 'data_checksum' });
  expect(byFile['train-2.png']?.message).toMatch(/expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/);
  expect(byFile['train-3.png']).toMatchObject({ code: 'data_fetch' });
  expect(byFile['train-4.png']?.message).toContain('it ended after ');
  expect(byFile['test-labels.bin']).toMatchObject({ code: 'data_fetch' });

  // Sheet 5 is in, but the images count only as far as there is no gap, and test images only with their labels.
  expect(loader.training.count).toBe(10_000);
  expect(loader.test.count).toBe(0);
  const failedBytes = [...faults.keys()].reduce((sum, name) => sum + (contents.get(name)?.length ?? 0), 0);
  expect(progress.at(-1)).toMatchObject({ loadedBytes: totalBytes - failedBytes, trainingImages: 10_000 });

  const failed = [...faults.keys()];
  faults.clear();
  requests = [];
  expect(await loader.load()).toEqual([]);
  // The manifest too: wrong bytes can mean that the site was updated.
  expect([...requests].sort()).toEqual(['manifest.json', ...failed].sort());
  expectOriginal(loader);
});

test('without the manifest it loads nothing and says what to do', async () => {
  const loader = new MnistLoader({ baseUrl });
  faults.set('manifest.json', 'start page');
  expect(await loader.load()).toMatchObject([
    {
      code: 'data_decode',
      file: 'manifest.json',
      details: { kind: 'web_page' },
    },
  ]);
  faults.set('manifest.json', 'missing');
  const missing = { code: 'data_fetch', file: 'manifest.json', details: { kind: 'http', status: 404 } };
  expect(await loader.load()).toMatchObject([missing]);
  expect(requests).toEqual(['manifest.json', 'manifest.json']);

  const nobody = new MnistLoader({ baseUrl: 'http://127.0.0.1:9/' });
  const refused = { code: 'data_fetch', file: 'manifest.json', details: { kind: 'disconnected' } };
  expect(await nobody.load()).toMatchObject([refused]);
});

test('stops when aborted, with the reason, and goes on from there', async () => {
  const others = [...contents.keys()].filter((name) => !['manifest.json', 'train-labels.bin'].includes(name));
  for (const name of others) faults.set(name, 'hangs');
  const controller = new AbortController();
  const loader = new MnistLoader({
    baseUrl,
    onProgress: ({ loadedBytes }) => {
      // The labels and the first piece of train-0.png, which then hangs.
      if (loadedBytes > 60_000) controller.abort(new Error('enough'));
    },
  });
  await expect(loader.load(controller.signal)).rejects.toThrow('enough');
  expect(requests.sort()).toEqual(['manifest.json', 'train-0.png', 'train-labels.bin']);
  await expect(loader.load(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');

  requests = [];
  for (const name of others) faults.set(name, 'missing');
  const [first, second] = [loader.load(), loader.load()];
  expect((await first).map(({ file }) => file).sort()).toEqual(others.sort());
  expect(await second, 'a second call joins the first').toBe(await first);
  expect(requests.sort()).toEqual(others);
});

test('a server that falls silent is given up', async () => {
  for (const name of contents.keys()) faults.set(name, 'missing');
  faults.delete('manifest.json');
  faults.set('train-0.png', 'hangs');
  const loader = new MnistLoader({ baseUrl, stallMilliseconds: 200 });
  const errors = await loader.load();
  expect(errors.find(({ file }) => file === 'train-0.png')).toMatchObject({
    code: 'data_fetch',
    message: 'Cannot load train-0.png: nothing arrived for 0.2 s. Load it again.',
    details: { kind: 'stalled', seconds: 0.2 },
  });
});

/**
 * Where Chromium keeps keyframes fastest: `npx tsx --tsconfig tsconfig.scripts.json bench/keyframeStorage.ts`
 *
 * Writes and reads of IndexedDB and of the origin's private files by synchronous handles take turns in one worker. `thread`: how long
 * the worker's own thread is held up, in which it does not train; `written`: until the write is durable.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumLaunchOptions } from '../scripts/chromium.ts';
import { median } from './measure.ts';

interface Times {
  readonly thread: number[];
  readonly written: number[];
  readonly read: number[];
}

/** Runs in the worker, without anything from outside of it. */
const workerScript = `
const request = (r) => new Promise((resolve, reject) => { r.onsuccess = () => resolve(r.result); r.onerror = () => reject(r.error); });
const open = indexedDB.open('bench', 1);
open.onupgradeneeded = () => open.result.createObjectStore('keyframes');
async function indexed(database, data) {
  const start = performance.now();
  const transaction = database.transaction('keyframes', 'readwrite');
  transaction.objectStore('keyframes').put({ step: 1, data }, 1);
  const thread = performance.now() - start;
  await new Promise((resolve, reject) => { transaction.oncomplete = resolve; transaction.onabort = () => reject(transaction.error); });
  const written = performance.now() - start;
  const begun = performance.now();
  const { data: back } = await request(database.transaction('keyframes').objectStore('keyframes').get(1));
  if (back.length !== data.length || back.at(-1) !== data.at(-1)) throw new Error('Not what was written.');
  return { thread, written, read: performance.now() - begun };
}
async function file(directory, data) {
  const start = performance.now();
  const handle = await (await directory.getFileHandle('keyframe', { create: true })).createSyncAccessHandle();
  const opened = performance.now();
  handle.write(data, { at: 0 });
  handle.flush();
  const thread = performance.now() - opened;
  handle.close();
  const written = performance.now() - start;
  const begun = performance.now();
  const reading = await (await directory.getFileHandle('keyframe')).createSyncAccessHandle();
  const back = new Float32Array(data.length);
  reading.read(back, { at: 0 });
  reading.close();
  if (back.at(-1) !== data.at(-1)) throw new Error('Not what was written.');
  return { thread, written, read: performance.now() - begun };
}
onmessage = ({ data }) => measure(data).then(postMessage, (error) => { setTimeout(() => { throw error; }); });
async function measure({ bytes, rounds }) {
  const database = await request(open).catch(() => open.result);
  const directory = await navigator.storage.getDirectory();
  const times = { indexed: [], file: [] };
  for (let round = 0; round < rounds; round += 1) {
    const data = new Float32Array(bytes / 4).fill(Math.random());
    times.indexed.push(await indexed(database, data));
    times.file.push(await file(directory, data));
  }
  return times;
}
`;

const server = createServer((request, response) => {
  const isScript = request.url === '/worker.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? workerScript : '<!doctype html><title>storage</title>');
});
await new Promise<void>((resolve) => {
  server.listen(0, resolve);
});
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('The server has no port.');
// A window that keeps what it stores: others have it in memory.
const profile = mkdtempSync(join(tmpdir(), 'digit-lab-storage-'));
const browser = await chromium.launchPersistentContext(profile, chromiumLaunchOptions());
const page = await browser.newPage();
await page.goto(`http://localhost:${address.port}/`);

console.log('| MB | IndexedDB: thread, written, read (ms) | files: thread, written, read (ms) |');
console.log('|---|---|---|');
for (const [megabytes, rounds] of [
  [0.35, 60],
  [10, 20],
  [200, 5],
] as const) {
  // One size after the other, on one disk.
  // oxlint-disable-next-line no-await-in-loop
  const times = await page.evaluate(
    (task) =>
      new Promise<Record<string, readonly Readonly<Record<string, number>>[]>>((resolve, reject) => {
        const worker = new Worker('/worker.js');
        worker.addEventListener('message', ({ data }) => {
          resolve(data);
          worker.terminate();
        });
        worker.addEventListener('error', (event) => reject(new Error(event.message)));
        worker.postMessage(task);
      }),
    { bytes: megabytes * 1e6, rounds },
  );
  const cell = (place: string): string =>
    (['thread', 'written', 'read'] satisfies (keyof Times)[])
      .map((what) => median((times[place] ?? []).map((one) => one[what] ?? NaN)).toFixed(1))
      .join(', ');
  console.log(`| ${megabytes} | ${cell('indexed')} | ${cell('file')} |`);
}
await browser.close();
rmSync(profile, { recursive: true });
server.close();

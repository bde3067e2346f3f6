/** WebKit: WebKitGTK's MiniBrowser by WebKitWebDriver, on a virtual screen where there is none. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Builder, Capabilities, Origin } from 'selenium-webdriver';
import { answerMilliseconds, windowSize, type BrowserDriver, type BrowserEngine } from './driver.ts';

const webDriver = '/usr/bin/WebKitWebDriver';
const xvfb = '/usr/bin/Xvfb';

/** /usr/lib/<architecture>/webkit2gtk-<version>/MiniBrowser */
function miniBrowser(): string | null {
  const folders = readdirSync('/usr/lib', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    for (const version of ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0']) {
      const path = join('/usr/lib', name, version, 'MiniBrowser');
      if (existsSync(path)) return path;
    }
  }
  return null;
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a screen and gives its number, which Xvfb chooses. */
async function startScreen(children: ChildProcess[]): Promise<string> {
  const screen = spawn(xvfb, ['-displayfd', '3', '-nolisten', 'tcp', '-screen', '0', '1600x1200x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  children.push(screen);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Xvfb did not start.')), answerMilliseconds);
    screen.once('error', reject);
    screen.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code}.`)));
    screen.stdio[3]?.once('data', (number: Buffer) => {
      clearTimeout(timer);
      resolve(`:${number.toString().trim()}`);
    });
  });
}

async function startWebDriver(children: ChildProcess[], environment: NodeJS.ProcessEnv): Promise<string> {
  const port = await freePort();
  const child = spawn(webDriver, [`--port=${port}`], { env: environment, stdio: 'ignore' });
  children.push(child);
  const address = `http://127.0.0.1:${port}`;
  const end = Date.now() + answerMilliseconds;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`WebKitWebDriver ended with code ${child.exitCode}.`);
    // oxlint-disable-next-line no-await-in-loop -- asked again until it listens
    if (
      await fetch(`${address}/status`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return address;
    // oxlint-disable-next-line no-await-in-loop -- asked again until it listens
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('WebKitWebDriver does not answer.');
}

async function launch(environment: NodeJS.ProcessEnv): Promise<BrowserDriver> {
  const children: ChildProcess[] = [];
  const stop = (): void => {
    for (const child of children.toReversed()) child.kill();
  };
  try {
    const display = process.env['DISPLAY'] ?? (await startScreen(children));
    const address = await startWebDriver(children, {
      ...process.env,
      ...environment,
      DISPLAY: display,
      LANG: 'C.UTF-8',
      // As root its sandbox does not start.
      ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {}),
    });
    const options = { binary: miniBrowser() ?? '', args: ['--automation'] };
    const driver = await new Builder()
      .usingServer(address)
      .withCapabilities(new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options }))
      .build();
    await driver.manage().setTimeouts({ script: answerMilliseconds, pageLoad: answerMilliseconds });
    await driver
      .manage()
      .window()
      .setRect({ x: 0, y: 0, ...windowSize });
    const capabilities = await driver.getCapabilities();
    return {
      version: `WebKitGTK ${capabilities.getBrowserVersion() ?? 'of unknown version'}`,
      goto: (url) => driver.get(url),
      evaluate: (run, argument) => driver.executeScript(run, argument),
      drag: async ([first, ...rest]) => {
        if (first === undefined) return;
        const move = ({ x, y }: { readonly x: number; readonly y: number }) => ({
          x: Math.round(x),
          y: Math.round(y),
          origin: Origin.VIEWPORT,
          duration: 10,
        });
        const actions = driver.actions({ async: true }).move(move(first)).press();
        await rest
          .reduce((soFar, point) => soFar.move(move(point)), actions)
          .release()
          .perform();
      },
      screenshot: async () => Buffer.from(await driver.takeScreenshot(), 'base64'),
      close: async () => {
        await driver.quit().finally(stop);
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

function missing(): string | null {
  if (!existsSync(webDriver) || miniBrowser() === null)
    return 'WebKitWebDriver and MiniBrowser are not installed (Debian: webkit2gtk-driver).';
  if (process.env['DISPLAY'] === undefined && !existsSync(xvfb))
    return 'There is no screen, and no Xvfb for a virtual one (Debian: xvfb).';
  return null;
}

/** As it comes: without SharedArrayBuffer, on one thread. */
export const webkitEngine: BrowserEngine = { name: 'WebKit', missing, launch: () => launch({}) };

/** With SharedArrayBuffer, as Safari has it. */
export const webkitThreadsEngine: BrowserEngine = {
  name: 'WebKit with SharedArrayBuffer',
  missing,
  launch: () => launch({ JSC_useSharedArrayBuffer: '1' }),
};

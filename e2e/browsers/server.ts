/** Builds the app and serves the build on a free port, as it is or as a machine with other means would see it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { record } from './recorder.ts';

/** What a page finds. The engine decides by itself what it makes of it. */
export interface Conditions {
  /** Files with this in their name are not there. */
  readonly missing: string | null;
  /** Logical processors that the browser reports to the training worker; null: its own number. */
  readonly processors: number | null;
}

export const asItIs: Conditions = { missing: null, processors: null };

export interface AppServer {
  readonly address: string;
  conditions: Conditions;
  /** Requests since the last call that were not answered with a file. */
  takeFailures(): string[];
  close(): Promise<void>;
}

const scriptType = 'text/javascript';

export async function serveApp(): Promise<AppServer> {
  const folder = mkdtempSync(join(tmpdir(), 'digit-lab-'));
  await build({ logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const recorder = `(${record.toString()})();`;
  const failures: string[] = [];
  let headers: Readonly<Record<string, string>> = {};
  const app: { conditions: Conditions } = { conditions: asItIs };

  const send = (response: ServerResponse, type: string, text: string): void => {
    response.writeHead(200, { ...headers, 'Content-Type': type });
    response.end(text);
  };
  const answer = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const { missing, processors } = app.conditions;
    response.once('finish', () => {
      if (response.statusCode >= 400) failures.push(`${response.statusCode} ${pathname}`);
    });
    if (missing !== null && pathname.includes(missing)) {
      response.writeHead(404, headers);
      response.end();
    } else if (pathname === '/recorder.js') {
      send(response, scriptType, recorder);
    } else if (pathname === '/') {
      send(response, 'text/html', page.replace('<head>', '<head><script src="/recorder.js"></script>'));
    } else if (processors !== null && /\/worker-[^/]*\.js$/.test(pathname)) {
      const count = `Object.defineProperty(navigator, 'hardwareConcurrency', { value: ${processors} });\n`;
      send(response, scriptType, count + readFileSync(join(folder, pathname), 'utf8'));
    } else {
      next();
    }
  };

  const server = await preview({
    logLevel: 'warn',
    build: { outDir: folder },
    preview: { port: 0, host: '127.0.0.1', headers: { 'Cache-Control': 'no-store' } },
    plugins: [
      {
        name: 'digit-lab:conditions',
        configurePreviewServer: ({ config, middlewares }) => {
          headers = Object.fromEntries(
            Object.entries(config.preview.headers).map(([name, value]) => [name, String(value)]),
          );
          middlewares.use(answer);
        },
      },
    ],
  });
  const [address = ''] = server.resolvedUrls?.local ?? [];
  return Object.assign(app, {
    address,
    takeFailures: () => failures.splice(0),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

/**
 * How Chromium is started for tests and screenshots: the system's browser where there is one (Playwright's
 * own download is not always allowed), else the one that `npx playwright install chromium` brought.
 */
import { existsSync } from 'node:fs';

const systemPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of the browser to start, or undefined to let Playwright use its own. */
function chromiumPath(): string | undefined {
  const named = process.env['DIGIT_LAB_CHROMIUM'];
  return named ?? systemPaths.find((path) => existsSync(path));
}

/** Launch options with WebGPU switched on; without a GPU, Chromium answers with SwiftShader. */
export function chromiumLaunchOptions(): { executablePath?: string; args: string[] } {
  const executablePath = chromiumPath();
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}

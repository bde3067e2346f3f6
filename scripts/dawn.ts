/**
 * Real WebGPU in Node, for tests and benchmarks: Dawn (the npm package `webgpu`) on a Vulkan driver. Without a GPU,
 * Mesa's lavapipe draws in software, about ten times faster than the SwiftShader that comes with Chromium.
 *
 * A plain script must end with process.exit(): the device keeps Node alive. Vitest's forks end by themselves.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const driverFolder = '/usr/share/vulkan/icd.d';
const swiftShaderFiles = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];
const shaderCache = join(dirname(fileURLToPath(import.meta.url)), '..', '.cache', 'shaders');

const installHint =
  'Install a software driver (Debian 12: `apt-get install -t bookworm-backports mesa-vulkan-drivers`; the 22.3 of ' +
  'bookworm itself is too old for Dawn), or name a driver in VK_ICD_FILENAMES.';

/** The Vulkan driver file to use: the environment's, else lavapipe's, else SwiftShader's; undefined where there is none. */
export function vulkanDriver(): string | undefined {
  const named = process.env['VK_ICD_FILENAMES'] ?? process.env['VK_DRIVER_FILES'];
  if (named !== undefined && named !== '') return named;
  const lavapipe = existsSync(driverFolder)
    ? readdirSync(driverFolder).find((name) => /^lvp_icd.*\.json$/.test(name))
    : undefined;
  return lavapipe === undefined
    ? swiftShaderFiles.find((path) => existsSync(path))
    : join(driverFolder, lavapipe);
}

let gpu: GPU | undefined;

/**
 * Puts WebGPU onto globalThis as a browser worker has it (navigator.gpu, the GPU* classes, self), and checks that an
 * adapter answers. Call it before anything imports tfjs's webgpu backend; a second call does nothing.
 * @throws Error that says what to install.
 */
export async function installDawn(): Promise<GPU> {
  if (gpu !== undefined) return gpu;
  const driver = vulkanDriver();
  if (driver === undefined) throw new Error(`No Vulkan driver found for WebGPU in Node. ${installHint}`);
  // The Vulkan loader and Mesa read these when Dawn loads, hence the late import below.
  process.env['VK_ICD_FILENAMES'] = driver;
  process.env['MESA_SHADER_CACHE_DIR'] ??= shaderCache;
  mkdirSync(process.env['MESA_SHADER_CACHE_DIR'], { recursive: true });

  const dawn = await import('webgpu');
  Object.assign(globalThis, dawn.globals);
  // Node crashes when what create() returned is collected, so this module keeps it.
  const created = dawn.create([]);
  Object.defineProperty(globalThis, 'self', { value: globalThis, configurable: true, writable: true });
  const navigator: object = globalThis.navigator ?? {};
  Object.defineProperty(navigator, 'gpu', { value: created, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });

  if ((await created.requestAdapter()) === null) {
    throw new Error(`Dawn found no adapter with the Vulkan driver ${driver}. ${installHint}`);
  }
  gpu = created;
  return created;
}

import { availableParallelism } from 'node:os';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumLaunchOptions } from './scripts/chromium.ts';
import { licencesPlugins } from './scripts/licencesPlugin.ts';
import { tfjsThreadsPlugin } from './scripts/tfjsThreadsPlugin.ts';

const licences = licencesPlugins();

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const cores = availableParallelism();

// SharedArrayBuffer, and so WebAssembly threads, exist only on a cross-origin isolated page.
const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  plugins: [react(), licences.page],
  define: { 'import.meta.env.PAGE_VERSION': JSON.stringify(version) },
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { headers: isolationHeaders, port: 5173 },
  preview: { headers: isolationHeaders, port: 4173 },
  worker: { format: 'es', plugins: () => [tfjsThreadsPlugin(), licences.worker] },
  // Found only once a worker runs, which would reload the page in mid-test.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-cpu/dist/backend_cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-wasm/dist/backend_wasm',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
      '@noble/hashes/sha2.js',
      'fast-png',
      '@zip.js/zip.js/lib/zip-core-native.js',
      'idb',
      'valibot',
      'umap-js',
    ],
  },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1500,
    // What the first page needs anyway comes in one file, not in forty.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'page', tags: ['$initial'] }] } } },
  },
  test: {
    tags: [
      {
        name: 'long',
        description:
          'What repeats a check of npm test on a slower adapter or a larger network: npm run test:long.',
      },
    ],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: ['**/*.browser.test.*', '**/*.dawn.test.*'],
          testTimeout: 120_000,
          // Hooks train and build data as tests do.
          hookTimeout: 120_000,
          // Vitest leaves a core free, which is half of a CI machine.
          maxWorkers: cores,
        },
      },
      {
        extends: true,
        test: {
          // Real WebGPU in Node: Dawn on a Vulkan software driver (lavapipe), see scripts/dawn.ts.
          name: 'dawn',
          environment: 'node',
          include: ['{src,scripts}/**/*.dawn.test.ts'],
          pool: 'forks',
          // Two: while one computes on all cores, the other compiles its shaders on one.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        assetsInclude: ['**/*.safetensors'],
        // What components need, known from the start: one found later comes with a second React.
        optimizeDeps: {
          include: [
            'react',
            'react-dom/client',
            '@mantine/core',
            '@mantine/hooks',
            '@tanstack/react-virtual',
            'i18next',
            'react-i18next',
            'wouter',
            'zustand',
            'zustand/vanilla',
          ],
        },
        test: {
          name: 'browser',
          include: ['{src,scripts}/**/*.browser.test.{ts,tsx}'],
          fileParallelism: false,
          testTimeout: 300_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});

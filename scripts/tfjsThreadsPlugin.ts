/**
 * tfjs starts the threads of its wasm backend from the text of a function (`factory.toString()`). Minified, that text
 * names a variable outside of itself, and every thread dies with "e is not defined". This takes the reference out.
 */
import type { Plugin } from 'vite';

const file = 'tfjs-backend-wasm-threaded-simd.js';
// The script's own address, which tfjs gives by other means (setWasmPaths).
const outerReference = 'typeof _scriptDir !== "undefined" && _scriptDir';

export function tfjsThreadsPlugin(): Plugin {
  return {
    name: 'digit-lab:tfjs-threads',
    apply: 'build',
    transform(code, id) {
      if (!id.split('?')[0]?.endsWith(file)) return null;
      if (!code.includes(outerReference)) {
        this.error(`${file} changed: check whether its threads still start in the production build.`);
      }
      return { code: code.replace(outerReference, 'false'), map: null };
    },
  };
}

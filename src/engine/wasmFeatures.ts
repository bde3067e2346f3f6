/** What WebAssembly can do here, found out by doing it. */

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** Header, one function type () -> v128, and one function of it; its code follows. */
const vectorModule = '0061736d 01000000 010501 60 00 01 7b 03020100';

/** i32x4.splat (i32.const 0) */
const zeros = '4100 fd11';
const simdModule = bytesOf(`${vectorModule} 0a08 01 06 00 ${zeros} 0b`);
/** f32x4.relaxed_madd of three vectors */
const relaxedModule = bytesOf(`${vectorModule} 0a13 01 11 00 ${zeros} ${zeros} ${zeros} fd8502 0b`);

const validates = (module: Uint8Array<ArrayBuffer>): boolean =>
  typeof WebAssembly === 'object' && WebAssembly.validate(module);

/** Whether the kernels run at all. Where not, tfjs's cpu backend is what is left. */
export const hasWasmSimd = (): boolean => validates(simdModule);

/** Fused multiply-add, which rounds once where a product and a sum round twice. */
export const hasRelaxedSimd = (): boolean => validates(relaxedModule);

/**
 * Whether memory can be handed to a thread. A page can be cross-origin isolated without: WebKitGTK has no SharedArrayBuffer
 * unless it is switched on. That both sides then see the same memory, only a thread can show (threadPool.ts).
 */
export function canShareMemory(): boolean {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
    port2.close();
  }
}

/** Whether this thread may sleep in Atomics.wait; a page's main thread may not. */
export function maySleep(): boolean {
  try {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return Atomics.wait(new Int32Array(buffer), 0, 0, 0) === 'timed-out';
  } catch {
    return false;
  }
}

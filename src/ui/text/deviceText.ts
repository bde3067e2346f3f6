/** What computes, in the reader's language: GPUs have names of their own, WebAssembly's device is described by us. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

type Translate = ReturnType<typeof useTranslation<'common'>>['t'];

/** As wasmDevice (model/backend.ts) writes it, here and in the records of runs. */
const wasm = /^WebAssembly, SIMD(?<fused> with fused multiply-add)?, (?<threads>\d+) threads?$/;

export function deviceText(device: string, t: Translate): string {
  const { fused, threads } = wasm.exec(device)?.groups ?? {};
  if (threads === undefined) return device;
  return t(fused === undefined ? 'backend.wasmDevice.plain' : 'backend.wasmDevice.fused', {
    count: Number(threads),
  });
}

export function useDeviceText(): (device: string) => string {
  const { t } = useTranslation('common');
  return useCallback((device: string) => deviceText(device, t), [t]);
}

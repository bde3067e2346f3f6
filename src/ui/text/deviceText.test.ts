import { createInstance } from 'i18next';
import { expect, test } from 'vitest';
import { wasmDevice } from '@/model/backend';
import { deviceText } from '@/ui/text/deviceText';
import { loadTexts } from '@/locales/languages';
import { texts } from '@/locales/en';

test('WebAssembly’s device is read out in the language of the page, a GPU keeps its name', async () => {
  const i18n = createInstance();
  const resources = { en: texts, 'zh-CN': await loadTexts('zh-CN') };
  await i18n.init({ resources, lng: 'en', interpolation: { escapeValue: false } });
  const english = i18n.getFixedT('en', 'common');
  const chinese = i18n.getFixedT('zh-CN', 'common');
  for (const threads of [1, 4])
    for (const isFused of [false, true]) {
      const device = wasmDevice(threads, isFused);
      expect(deviceText(device, english)).toBe(device);
      expect(deviceText(device, chinese)).toContain(`${threads} 个线程`);
      expect(deviceText(device, chinese)).not.toMatch(/thread|fused/);
    }
  expect(deviceText('NVIDIA H100', chinese)).toBe('NVIDIA H100');
});

/** Every text of the page: one file a namespace and language. English is the type; the others must match it. */
import { common } from '@/views/ui/locales/en/common';
import { common as commonZh } from '@/views/ui/locales/zh-CN/common';
import type { Translation } from '@/views/ui/locales/shape';

const en = {
  common,
} as const;

const zhCN = {
  common: commonZh,
} as const satisfies Translation<typeof en>;

export const resources = { en, 'zh-CN': zhCN } as const;
export type EnglishResources = typeof en;

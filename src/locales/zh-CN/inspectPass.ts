import type { inspectPass as english } from '@/locales/en/inspectPass';
import type { Translation } from '@/locales/shape';

export const inspectPass = {
  at: '第 {{step}} 步之后。',
  stale: '第 {{step}} 步之后；网络现在已到第 {{now}} 步。',
  again: '重新读取',
  cancel: '取消',
  costs: '期间训练会稍作等待。',
  notYet: '还没有读取。',
  notReady: '网络还没准备好。',
} as const satisfies Translation<typeof english>;

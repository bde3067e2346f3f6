import type { inspectDigits as english } from '@/locales/en/inspectDigits';
import type { Translation } from '@/locales/shape';

export const inspectDigits = {
  one: '测试图片 {{index}}，标签为 {{label}}：点击查看',
  right: '测试图片 {{index}}，标签为 {{label}}，识别正确，把握 {{share}}：点击查看',
  wrong: '测试图片 {{index}}，标签为 {{label}}，读成 {{prediction}}，把握 {{share}}：点击查看',
  more_one: '再显示一些（还有 {{left}} 个）',
  more_other: '再显示一些（还有 {{left}} 个）',
} as const satisfies Translation<typeof english>;

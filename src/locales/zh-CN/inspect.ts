import type { inspect as english } from '@/locales/en/inspect';
import type { Translation } from '@/locales/shape';

export const inspect = {
  title: '剖析',
  intro: '网络看到了什么、哪里出错、为什么：可看现在的网络、训练中的网络，以及已保存运行的任意一步。',
  notReady: '网络还没准备好。',
  tabsLabel: '剖析的内容',
  tabs: {
    layers: '各层',
    why: '原因',
    mistakes: '错误',
    embedding: '嵌入',
    landscape: '损失地形',
    robustness: '鲁棒性',
    data: '自己的数据',
  },
  image: {
    title: '图片',
    save: '保存图片',
    source: '选择图片',
    sources: { drawing: '手写', test: '测试图片', file: '文件' },
    empty: '请画点什么，或选一张测试图片。',
    index: '编号',
    random: '随机',
    label: '标签为 {{label}}',
    testAlt: '测试图片 {{index}}，标签为 {{label}}',
    choose: '选择图片文件',
    fileHint: '任意图片：缩放到 28 × 28 像素，转为灰度，并变成黑底白字。',
    fileAlt: '{{name}} 转成的 28 × 28 灰度像素',
    refused: '浏览器无法读取 {{name}}。请选择 PNG、JPEG 或 WebP 图片。',
  },
} as const satisfies Translation<typeof english>;

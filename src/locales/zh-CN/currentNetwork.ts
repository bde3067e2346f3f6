import type { currentNetwork as english } from '@/locales/en/currentNetwork';
import type { Translation } from '@/locales/shape';

export const currentNetwork = {
  network: {
    label: '当前网络',
    seed: '{{network}}，尚未训练',
    trained_one: '{{network}}，已训练 {{steps}} 步',
    trained_other: '{{network}}，已训练 {{steps}} 步',
    file: '{{network}}，权重来自 {{file}}',
    fileTrained_one: '{{network}}，权重来自 {{file}}，之后又训练了 {{steps}} 步',
    fileTrained_other: '{{network}}，权重来自 {{file}}，之后又训练了 {{steps}} 步',
    nonFinite_one:
      '{{file}} 中有 {{values}} 个数是 NaN 或无穷大：网络的回答没有意义，训练也无法修复。请加载另一个文件，或重置。',
    nonFinite_other:
      '{{file}} 中有 {{values}} 个数是 NaN 或无穷大：网络的回答没有意义，训练也无法修复。请加载另一个文件，或重置。',
    other: '设置里是另一个网络 {{network}}，开始训练时才会构建。',
    build: '现在构建 {{network}}',
  },
  question: {
    titles: {
      start: '要训练哪些权重？',
      reset: '让网络回到开头？',
      replace: '替换当前网络？',
    },
    asLoaded: '这些权重与文件中的一样，再次载入即可恢复。',
    unsaved: '这些权重还没有保存，替换后就找不回来了。',
    saved: '第 {{step}} 步后的权重已保存为 {{file}}。',
    save: '保存权重',
    saving: '正在保存…',
    saveFailed: '权重没能保存',
    keep: '取消，保留当前权重',
    continue: '继续这次训练',
    continueText: '从第 {{step}} 步训练到第 {{epochs}} 轮结束。',
    further: '接着训练当前权重',
    furtherText:
      '新的训练从当前权重开始，步数、曲线和优化器状态重新计起。若想继续这次训练，请取消并增加训练轮数。',
    initialFile: '从载入的权重开始',
    initialFileText: '与 {{file}} 中的一样。此时种子只决定图片顺序、dropout 和数据增强。',
    initialRun: '像这次训练那样开始',
    initialRunText: '使用它从上一次训练接过来的权重。',
    seed: '从全新的权重开始',
    seedText: '由种子 {{seed}} 生成，当前权重会被丢弃。',
    replace: '替换',
    replaceText: '当前权重会被丢弃。',
  },
} as const satisfies Translation<typeof english>;

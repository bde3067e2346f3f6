import type { EnglishTexts } from '@/locales/en';
import type { Translation } from '@/locales/shape';

export const recording: Translation<EnglishTexts['recording']> = {
  lastRun: {
    open: {
      title: '从上次停下的地方继续？',
      text: '{{network}} 于 {{date}} 停在第 {{step}} 步，共 {{total}} 步。曲线、测试和权重都保留着。',
    },
    ended: {
      title: '重新查看上次的运行？',
      text: '{{network}} 于 {{date}} 在第 {{step}} 步结束。曲线、测试和权重都保留着。',
    },
    cut: {
      title: '重新开始？',
      text: '{{network}} 于 {{date}} 在第 {{step}} 步（共 {{total}} 步）被打断，当时还没有保存任何状态。可以用相同的设置重新开始：最初的步骤结果相同。',
    },
    again: '重新开始',
    goOn: '继续训练',
    show: '查看',
    dismiss: '暂不',
  },
  problem: {
    no_storage: {
      title: '此运行不会被保存',
      text: '浏览器不允许本页面使用存储。训练照常进行，但重新加载后会丢失。',
    },
    newer_version: {
      title: '此运行不会被保存',
      text: '本页面的更新版本曾在这里打开，这个旧版本不改动它保存的内容。训练照常进行，但重新加载后会丢失，并换成新版本。',
    },
    full: {
      title: '存储空间已满',
      text: '曲线仍会保存，但不再保存网络状态：重新加载后只能从最后保存的步骤继续。删除一些运行并释放空间，片刻之后会重新保存状态。',
    },
    failed: {
      title: '此运行的后续内容不再保存',
      text: '浏览器存储无法写入。训练照常进行，但重新加载会丢失之后的内容。',
    },
    newer_page: {
      title: '已打开本页面的更新版本',
      text: '它在另一个标签页中接管了存储，这里不再保存此次运行。请等它结束并保存所需内容，然后重新加载此标签页。',
    },
    toStorage: '前往运行记录',
    close: '知道了',
  },
};

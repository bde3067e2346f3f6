import type { common as english } from '@/locales/en/common';
import type { Translation } from '@/locales/shape';

export const common = {
  appName: '数字实验室',
  skipToContent: '跳到主要内容',
  retry: '重试',
  reloadPage: '重新加载页面',
  nav: {
    label: '主导航',
    train: '训练',
    runs: '运行记录',
    network: '网络',
    draw: '手写',
    inspect: '剖析',
    convLab: '卷积实验',
    report: '报告',
    licences: '许可与数据',
  },
  export: { png: '图片（PNG）', svg: '图片（SVG）', csv: '表格（CSV）', failed: '无法写出文件。' },
  language: { label: '语言', missing: '无法载入{{language}}。' },
  colorScheme: {
    label: '配色',
    light: '浅色',
    dark: '深色',
    auto: '跟随系统',
  },
  notFound: {
    title: '这里没有页面',
    text: '地址可能输错了。',
    action: '前往训练页',
  },
  crash: {
    title: '这个页面出错了',
    text: '显示页面时出了问题，重新加载通常可以解决。',
  },
  backend: {
    probing: '正在寻找 GPU…',
    failed: '没有可用的引擎',
    runsOn: '运行于 {{device}}',
    software: '软件模拟',
    names: {
      auto: '自动',
      webgpu: 'WebGPU',
      webgl: 'WebGL',
      wasm: 'WebAssembly',
      cpu: '普通 CPU',
    },
  },
  units: {
    bytes: '{{value}} B',
    kilobytes: '{{value}} kB',
    megabytes: '{{value}} MB',
    gigabytes: '{{value}} GB',
    seconds: '{{seconds}} 秒',
    minutes: '{{minutes}} 分 {{seconds}} 秒',
    hours: '{{hours}} 小时 {{minutes}} 分',
  },
  digit: '数字 {{digit}}',
  number: {
    empty: '请输入一个数。',
    not_a_number: '这里必须是一个数。',
    ambiguous: '有两种读法，请写成 {{first}} 或 {{second}}。',
    not_an_integer: '这里必须是整数。',
    too_small: '不能小于 {{min}}。',
    too_large: '不能大于 {{max}}。',
    stays: '{{problem}}仍为 {{value}}。',
  },
} as const satisfies Translation<typeof english>;

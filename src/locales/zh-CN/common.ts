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
    data: '数据',
    runs: '运行记录',
    network: '网络',
    draw: '手写',
    inspect: '剖析',
    convLab: '卷积实验',
    report: '报告',
    licences: '许可与数据',
  },
  export: {
    save: '保存：{{title}}',
    png: '图片（PNG）',
    svg: '图片（SVG）',
    csv: '表格（CSV）',
    failed: '无法写出文件。',
  },
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
  part: {
    coming: '正在加载…',
    late: '这部分页面还没有加载完',
    lateText: '请检查网络，然后等待。重新加载页面会再次请求；运行会从已保存的地方继续。',
    failed: '这部分页面无法加载',
    failedText:
      '请检查网络，然后再试。若仍然不行，页面可能有了新版本：请重新加载页面。运行会从已保存的地方继续。',
    load: '再次加载',
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

import type { network as english } from '@/views/ui/locales/en/network';
import type { Translation } from '@/views/ui/locales/shape';

export const network = {
  title: '网络',
  weights: {
    title: '权重',
    hint: '名称、形状和布局与 PyTorch 相同，文件可以互通。',
    save: '保存权重',
    saveHint: '{{network}} 第 {{step}} 步的权重，.safetensors 格式',
    load: '加载权重…',
    drop: '或把 .safetensors 文件拖到这里',
    dropNow: '松开即可把权重加载到 {{network}}',
    saving: '正在读取权重…',
    loading: '正在加载 {{file}}…',
    saved: '已保存 {{file}}（{{size}}）。',
    loaded: '已加载 {{file}}：{{network}} 的 {{count}} 个张量全部吻合。',
    failed: '{{file}} 与 {{network}} 不匹配',
    unreadable: '无法读取 {{file}}',
    notReady: '网络还在构建，请稍后再试。',
    unreadableHint: '需要完整的 safetensors 文件，例如由 safetensors.torch 的 save_file 写出的文件。',
    saveFailed: '无法保存权重',
    mismatch: '没有做任何改动。请选择保存该文件时所用的网络，或从 PyTorch 重新保存。',
    missing: '文件中缺少',
    unexpected: '不属于这个网络',
    differing: '形状不同',
    shapes: '文件中为 {{given}}，这里为 {{expected}}',
    more: '另有 {{count}} 个',
    dismiss: '关闭这条消息',
    pytorch: '如何在 PyTorch 中打开',
    copy: '复制',
    copied: '已复制',
  },
} as const satisfies Translation<typeof english>;

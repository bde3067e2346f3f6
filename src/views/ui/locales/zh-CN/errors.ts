import type { errors as english } from '@/views/ui/locales/en/errors';
import type { Translation } from '@/views/ui/locales/shape';

export const errors = {
  details: {
    http: '服务器返回错误 {{status}}。',
    webPage: '服务器返回的是一个网页，可能缺少这个文件。',
    stalled: '{{seconds}} 秒内没有收到任何数据。',
    disconnected: '与服务器的连接失败。',
  },
  data_fetch: { title: '无法加载数字图片', text: '请检查网络后重试，只会加载缺少的部分。' },
  data_checksum: {
    title: '有一个数据文件损坏',
    text: '校验和与已知的不符，因此没有使用。请重试以重新加载。',
  },
  data_decode: { title: '有一个数据文件无法读取', text: '请重试。若仍失败，可能是网站缺少这个文件。' },
  backend: { title: '这个引擎在此无法启动', text: '请换一个引擎，或选“自动”使用可用的最佳引擎。' },
  device: { title: 'GPU 丢失', text: '浏览器收回了设备。请选择一个引擎，从上次保存的步继续。' },
  limits: { title: '网络对这台设备来说太大', text: '请换小一些的网络、更小的批，或换一个引擎。' },
  config: { title: '这些设置不能一起使用', text: '请修改下面提到的设置后重新开始。' },
  state: { title: '权重与当前网络不匹配', text: '请选择保存该文件时所用的网络。' },
  file: { title: '无法读取文件', text: '需要包含 state_dict 的 safetensors 文件。' },
  not_ready: { title: '还没准备好', text: '请等网络和数据就绪后再试。' },
  timeout: { title: '没有及时得到回应', text: '设备可能正忙于一个很大的训练步。请稍后再试。' },
  internal: { title: '训练意外停止', text: '点“重置”重新开始。若再次发生，可以换一个引擎。' },
  crashed: {
    title: '训练线程已停止',
    text: '这次训练已丢失。重启后会重新构建网络。',
    action: '重启',
  },
} as const satisfies Translation<typeof english>;

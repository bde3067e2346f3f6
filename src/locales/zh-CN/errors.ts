import type { errors as english } from '@/locales/en/errors';
import type { Translation } from '@/locales/shape';

export const errors = {
  details: {
    http: '服务器返回错误 {{status}}。',
    webPage: '服务器返回的是一个网页，可能缺少这个文件。',
    stalled: '{{seconds}} 秒内没有收到任何数据。',
    missing: 'SHA-256 为 {{start}}… 的数据集',
    disconnected: '与服务器的连接失败。',
  },
  data_fetch: { title: '无法加载图片', text: '请检查网络后重试，只会加载缺少的部分。' },
  data_checksum: {
    title: '有一个数据文件损坏',
    text: '校验和与已知的不符，因此没有使用。请重试以重新加载。',
  },
  data_decode: { title: '有一个数据文件无法读取', text: '请重试。若仍失败，可能是网站缺少这个文件。' },
  data_import: {
    title: '这些文件不能组成数据集',
    text: '请选择像 MNIST 那样的 IDX 文件，或每个类别一个图片文件夹的文件夹或 zip。',
  },
  data_missing: {
    title: '这里没有这次运行的数据',
    text: '请先导入它训练时用的数据集，然后重试。',
  },
  backend: { title: '这个引擎在此无法启动', text: '请换一个引擎，或选“自动”使用可用的最佳引擎。' },
  device: { title: 'GPU 丢失', text: '没有引擎能接着计算。“继续”会从上次保存的步重试，也可以换一个引擎。' },
  limits: { title: '网络对这台设备来说太大', text: '请换小一些的网络、更小的批，或换一个引擎。' },
  config: { title: '这些设置不能一起使用', text: '请修改下面提到的设置后重新开始。' },
  state: { title: '权重与当前网络不匹配', text: '请选择保存该文件时所用的网络。' },
  file: { title: '无法读取文件', text: '需要包含 state_dict 的 safetensors 文件。' },
  elsewhere: { title: '此运行已在另一个标签页中打开', text: '请在那里继续，或关闭那个标签页后重试。' },
  not_ready: { title: '还没准备好', text: '请等网络和数据就绪后再试。' },
  timeout: { title: '没有及时得到回应', text: '设备可能正忙于一个很大的训练步。请稍后再试。' },
  internal: { title: '训练意外停止', text: '点“重置”重新开始。若再次发生，可以换一个引擎。' },
  worker: {
    crashed: { title: '训练线程已停止', text: '浏览器结束了它，或者内存不足。' },
    silent: { title: '训练线程没有回应', text: '它可能正忙于一个很大的训练步，也可能卡住了。可以再等等。' },
    late: { title: '训练线程还没有加载', text: '它的脚本还没到。请检查网络，然后等待或重新加载。' },
    goesOn: '重启后从第 {{step}} 步继续。',
    startsOver: '没有保存任何进度，重启后从头开始。',
    builds: '重启后会重新构建网络。',
    restart: '重启',
    load: '重新加载',
  },
  slowEngine: { title: '引擎启动缓慢', text: '可以等待、换一个引擎，或重试。' },
  recovered: {
    title: '训练已从第 {{step}} 步继续',
    anew: '训练已从头开始：之前没有保存任何进度',
    device: '{{lost}} 在第 {{lostStep}} 步丢失了设备，现在由 {{now}} 计算。',
    worker: '训练线程在第 {{lostStep}} 步被替换。',
    close: '关闭',
  },
} as const satisfies Translation<typeof english>;

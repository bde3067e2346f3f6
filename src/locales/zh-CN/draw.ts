import type { draw as english } from '@/locales/en/draw';
import type { Translation } from '@/locales/shape';

export const draw = {
  title: '写一个数字',
  titleOther: '手写',
  intro: '边写边识别，训练进行时也会实时更新。',
  pad: {
    label: '手写板',
    placeholder: '写一个 0 到 9 的数字',
    placeholderOther: '在这里画',
    keyboard: '键盘',
    keyboardHint:
      '先聚焦手写板。方向键移动笔（按住 Shift 一次移动四格），空格键落笔或抬笔，退格键撤销，Delete 键清空。',
    penDown: '落笔',
    penUp: '抬笔',
    undo: '撤销',
    clear: '清空',
    sample: '测试图片 {{index}}，标签为 {{label}}',
    changed: '改动过的图片',
    penHint: '鼠标、手指或手写笔',
  },
  seen: {
    save: '保存图片',
    title: '网络看到的图像',
    hint: '把笔迹缩放到 20 × 20 像素，用与 MNIST 同样粗细的笔重画，再按质心放到 28 × 28 的中央。',
    image: '28 × 28 灰度像素的手写图像',
  },
  prediction: {
    title: '预测',
    empty: '一动笔就会显示各类别的概率。',
    waiting: '网络还没准备好。',
    untrained: '网络尚未训练，只是在猜。开始训练，看看这里如何变化。',
    answer: '识别为',
    confidence: '{{percent}} 的把握',
    announce: '识别为 {{digit}}，{{percent}} 的把握',
    notNumbers: '网络的输出不是有效数字（NaN 或无穷大），因此没有读数。',
    bar: '数字 {{digit}}：{{percent}}',
    classBar: '{{name}}：{{percent}}',
    failed: '网络没有回应。',
  },
  goTrain: '去训练网络',
  cannotTrain: '当前设置无法训练：查看原因',
  startHint: '尚未开始训练。',
  openDraw: '打开大手写板',
  samples: {
    title: '不知道写什么？选一张测试图片',
  },
} as const satisfies Translation<typeof english>;

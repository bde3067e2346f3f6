import type { inspectEmbedding as english } from '@/locales/en/inspectEmbedding';
import type { Translation } from '@/locales/shape';

export const inspectEmbedding = {
  start: '读取 {{images}} 张测试图片',
  running: '正在读取测试图片 {{share}}',
  title: '嵌入',
  hint: '最后一个隐藏层（{{layer}}，每张图片 {{columns}} 个值）对 {{images}} 张测试图片的输出，画在二维平面上。图上每个编号是一张图片，表示它的类别；离得远的，网络分得开。',
  hintInput:
    '该网络没有隐藏层，因此这里是 {{images}} 张测试图片的像素本身（每张 {{columns}} 个值），画在二维平面上。',
  method: '方法',
  methods: { pca: 'PCA', umap: 'UMAP' },
  axes: '使用第 {{step}} 步的坐标轴，各步不变，点因此会移动而不会跳；在该步它们占方差的 {{share}}。',
  fit: '改用这一步的坐标轴',
  umapHint: 'UMAP 让相近的点留在一起，但距离不再准确。需要几秒钟，可以中途取消。',
  umapStart: '计算 UMAP',
  umapAgain: '为这一步重新计算',
  umapMoving: '各点正在移到第 {{step}} 步：{{share}}',
  umapMoved:
    '第 {{step}} 步的 UMAP，从第 {{from}} 步的位置开始，点因此会移动而不会跳。离得近即相似；离多远意义不大。',
  umapOf: '第 {{step}} 步的 UMAP。离得近即相似；离多远意义不大。',
  umapRunning: '正在安放各点 {{share}}',
  umapLabel: '正在安放各点',
  pictureTitle: '第 {{step}} 步之后 {{layer}} 的 {{method}}',
  save: '保存嵌入图',
  classes: '显示的类别',
  toggle: '类别 {{name}}',
  scatter: '按最后隐藏层的输出排列的测试图片',
  scatterHint:
    '悬停可看图片，点击后其他标签页也显示它，圈选可选中一些（按住 Shift 追加）。键盘：方向键在点之间移动，回车选中，Esc 清除。',
  point: '测试图片 {{index}}，标签为 {{label}}',
  selection: {
    save: '保存选中的数字',
    title: '选中的图片',
    hint: '在图上圈出一些点，或在上方选择类别后全部选中。',
    count_one: '已选 {{images}} 张',
    count_other: '已选 {{images}} 张',
    all: '选中所有显示的',
    clear: '清除',
  },
  failed: '无法安放各点',
  retry: '重试',
  obstacles: {
    no_linear: '该网络没有 Linear 层，因此没有可看的隐藏层。',
    not_numbers: '隐藏层的输出不是数字（NaN 或无穷大）：网络已发散。',
    all_same: '隐藏层对每张图片的输出都一样，无从排列：其单元可能已经失效。',
  },
} as const satisfies Translation<typeof english>;

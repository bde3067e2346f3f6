import type { inspectRobustness as english } from '@/locales/en/inspectRobustness';
import type { Translation } from '@/locales/shape';

export const inspectRobustness = {
  title: '鲁棒性',
  hint: '测试图片被破坏得越来越厉害时，网络还能保持多高的准确率。每条曲线下方：所选图片在各强度下的样子，以及读成的类别。',
  which: '破坏方式',
  images: '测试图片数',
  start: '开始测量',
  again: '重新测量',
  running: '正在读取被破坏的图片 {{share}}',
  goesOn: '在网络的副本上进行，训练不受影响。',
  accuracy: '准确率',
  examples: '图片在各强度下的样子',
  reading: '读成 {{prediction}}，把握 {{share}}',
  curve: '{{network}}，第 {{step}} 步，{{images}} 张图片',
  forget: '移除 {{name}}',
  summary: '{{name}}：强度 {{from}} 时 {{first}}，强度 {{to}} 时 {{last}}',
  save: '保存曲线',
  saveKind: '保存曲线：{{kind}}',
  visit: '曲线只保留到重新加载或离开页面为止：要保留请另存为 CSV。再次测量，同一网络会得到同样的曲线。',
  kinds: {
    shift: { title: '平移', hint: '向右、下、左或上，每张图片随机决定。', strength: '像素' },
    rotation: { title: '旋转', hint: '顺时针或逆时针，每张图片随机决定。', strength: '度' },
    scale: { title: '缩放', hint: '以中心缩小或放大。', strength: '大小，1 为原样' },
    noise: { title: '噪声', hint: '每个像素加正态噪声，1 为从黑到白。', strength: '标准差' },
    blur: { title: '模糊', hint: '对邻近像素作高斯平均。', strength: '标准差（像素）' },
  },
} as const satisfies Translation<typeof english>;

import type { hyperparameters as english } from '@/locales/en/hyperparameters';
import type { Translation } from '@/locales/shape';

const classWeightHint = '这个类别的图像在损失中占多大分量；0 表示不计入。';

export const hyperparameters = {
  network: {
    label: '网络',
    hint: '要训练的各层：页面自带的网络之一，或你自己的网络。',
    choices: {
      mynn: 'Mynn',
      vgg16: 'VGG-16',
      vgg2: 'VGG-2',
      resnet18: 'ResNet-18',
      resnet: '小型 ResNet',
      lenet: 'LeNet',
      fast_cnn: '快速 CNN',
      pytorch_mnist: 'PyTorch 官方示例',
      lenet_1998: '1998 年的 LeNet-5',
      mlp_512: 'MLP 784-512-10',
      mobilenet_small: '小型 MobileNet',
      five_minute_cnn: '五分钟 CNN',
      custom: '自定义',
    },
  },
  loss: {
    label: '损失函数',
    hint: '训练要减小的量。交叉熵才是正确的选择；报告中有三次实验用了别的损失。',
    choices: {
      cross_entropy: '交叉熵',
      cross_entropy_weighted: '交叉熵（按类别加权）',
      nll_log_softmax: 'NLL（log_softmax 之后）',
      nll_logits: 'NLL（原始输出）',
      nll_softmax: 'NLL（softmax 之后）',
      cross_entropy_softmax: '交叉熵（softmax 之后）',
      mse: '均方误差',
    },
  },
  labelSmoothing: {
    label: '标签平滑',
    hint: '把目标的这一部分均匀分给十个输出。',
  },
  weight0: { label: '类别 0 的权重', hint: classWeightHint },
  weight1: { label: '类别 1 的权重', hint: classWeightHint },
  weight2: { label: '类别 2 的权重', hint: classWeightHint },
  weight3: { label: '类别 3 的权重', hint: classWeightHint },
  weight4: { label: '类别 4 的权重', hint: classWeightHint },
  weight5: { label: '类别 5 的权重', hint: classWeightHint },
  weight6: { label: '类别 6 的权重', hint: classWeightHint },
  weight7: { label: '类别 7 的权重', hint: classWeightHint },
  weight8: { label: '类别 8 的权重', hint: classWeightHint },
  weight9: { label: '类别 9 的权重', hint: classWeightHint },
  optimizer: {
    label: '优化器',
    hint: '梯度如何变成权重的改变；公式与 PyTorch 相同。',
  },
  learningRate: {
    label: '学习率',
    hint: '每一步的大小。太大时损失会跳动，太小时几乎不动。训练中也可以修改。',
  },
  momentum: {
    label: '动量',
    hint: '上一步保留的比例；常用 0.9，0 表示关闭。',
  },
  dampening: {
    label: '阻尼',
    hint: '动量从新梯度中去掉的比例。',
  },
  nesterov: {
    label: 'Nesterov 动量',
    hint: '提前看一步动量；需要动量大于 0 且阻尼为 0。',
  },
  beta1: {
    label: 'Beta 1',
    hint: '对梯度均值的记忆，在 0 和 1 之间。',
  },
  beta2: {
    label: 'Beta 2',
    hint: '对梯度平方均值的记忆，在 0 和 1 之间。',
  },
  alpha: {
    label: 'Alpha',
    hint: '对梯度平方均值的记忆，在 0 和 1 之间。',
  },
  eps: {
    label: 'Epsilon',
    hint: '加到除数上，使它永远不为 0。',
  },
  centered: {
    label: '中心化',
    hint: '除以梯度的标准差，而不是均方根。',
  },
  weightDecay: {
    label: '权重衰减',
    hint: '把每个参数拉向 0；0 表示关闭。',
  },
  momentumDecay: {
    label: '动量增长',
    hint: '动量从 beta 1 的一半增长到 beta 1 的快慢；即 PyTorch 的 momentum_decay。',
  },
  lrDecay: {
    label: '学习率衰减',
    hint: '第 t 步的学习率除以 1 + (t − 1) 乘以这个数；即 PyTorch 的 lr_decay。',
  },
  initialAccumulatorValue: {
    label: '累积初值',
    hint: '梯度平方和从这个数开始；即 PyTorch 的 initial_accumulator_value。',
  },
  schedule: {
    label: '学习率计划',
    hint: '学习率在训练过程中如何变化。',
    choices: {
      constant: '恒定',
      step: '阶梯',
      multi_step: '指定轮次下降',
      exponential: '指数',
      cosine: '余弦',
      cosine_restarts: '余弦（带重启）',
      one_cycle: '单周期',
      plateau: '停滞时下降',
    },
  },
  stepEpochs: {
    label: '阶梯长度',
    hint: '每隔这么多轮，学习率下降一次。',
  },
  milestone1: { label: '第一次下降', hint: '经过这么多轮后学习率下降；0 表示没有。' },
  milestone2: { label: '第二次下降', hint: '经过这么多轮后学习率下降；0 表示没有。' },
  milestone3: { label: '第三次下降', hint: '经过这么多轮后学习率下降；0 表示没有。' },
  cycleEpochs: {
    label: '首个周期',
    hint: '经过这么多轮后，学习率重新从最高处开始。',
  },
  cycleFactor: {
    label: '周期倍数',
    hint: '每个周期的长度是前一个的多少倍。',
  },
  gamma: {
    label: '下降系数',
    hint: '每次下降时学习率乘以这个数。',
  },
  factor: { label: '下降系数', hint: '测试损失不再下降时，学习率乘以这个数。' },
  patience: { label: '耐心轮数', hint: '允许这么多轮测试损失没有降低；再多一轮就降低学习率。' },
  threshold: { label: '阈值', hint: '测试损失降低得比这还少，就不算降低。' },
  relativeThreshold: { label: '阈值按比例', hint: '阈值是目前最低测试损失的一个比例；关闭时则是差值。' },
  cooldown: { label: '冷却轮数', hint: '降低学习率之后，这么多轮不计入。' },
  smallestChange: { label: '最小变化', hint: '比这更小的下降会被略去；即 PyTorch 的 eps。' },
  minLearningRate: { label: '最低学习率', hint: '学习率不会低于这个值。' },
  pctStart: {
    label: '上升比例',
    hint: '学习率上升阶段占整个训练的比例。',
  },
  divFactor: {
    label: '起始除数',
    hint: '训练从学习率除以这个数开始。',
  },
  finalDivFactor: {
    label: '结束除数',
    hint: '训练在起始学习率除以这个数时结束。',
  },
  warmupSteps: {
    label: '预热',
    hint: '在最初这么多步内学习率直线上升；0 表示关闭。',
  },
  clipping: {
    label: '梯度裁剪',
    hint: '当所有参数的梯度合在一起太长时将其缩短。',
  },
  clipGradNorm: {
    label: '最大梯度范数',
    hint: '比这更长的梯度会缩小到这个长度。',
  },
  clippingValue: {
    label: '逐值裁剪梯度',
    hint: '在按范数裁剪之后，对梯度的每个值单独截断。',
  },
  clipGradValue: {
    label: '最大梯度值',
    hint: '梯度的每个值都保持在正负这个数之间。',
  },
  epochs: {
    label: '训练轮数',
    hint: '网络把每张训练图像看多少遍。',
  },
  batchSize: {
    label: '批大小',
    hint: '每一步使用的图像数；越多越占内存。',
  },
  trainingImages: {
    label: '训练图像数',
    hint: '使用数据中的前多少张：MNIST 有 60,000 张。',
  },
  shuffle: {
    label: '打乱顺序',
    hint: '每一轮使用新的顺序；报告保持文件中的顺序。',
  },
  dropLast: {
    label: '丢弃最后一批',
    hint: '每轮末尾不足一批的图像不参与训练；即 PyTorch 的 drop_last。',
  },
  seed: {
    label: '随机种子',
    hint: '相同的种子得到相同的训练过程。',
  },
  resizing: {
    label: '缩放图像',
    hint: '放大 28 × 28 的图像，VGG-16 需要这样做。',
  },
  resize: {
    label: '图像尺寸',
    hint: '缩放后的高和宽。',
  },
  normalizing: {
    label: '标准化',
    hint: '每个像素减去均值，再除以标准差。',
  },
  normalizeMean: {
    label: '均值',
    hint: '从每个像素中减去；像素在 0 和 1 之间。',
  },
  normalizeStd: {
    label: '标准差',
    hint: '每个像素除以这个数。',
  },
  augmenting: {
    label: '数据增强',
    hint: '把每张训练图像稍微平移、旋转和缩放，每一轮都不同。',
  },
  augmentShift: {
    label: '最大平移',
    hint: '每个方向上的平移。',
  },
  augmentRotate: {
    label: '最大旋转',
    hint: '向左或向右旋转。',
  },
  augmentScale: {
    label: '最大缩放',
    hint: '0.1 表示 0.9 到 1.1 倍大小。',
  },
  groups: {
    network: '网络',
    training: '数据与训练',
    optimizer: '优化器',
    schedule: '学习率调度',
    loss: '损失函数',
    input: '输入图片',
  },
  units: {
    epochs: '轮',
    images: '张',
    steps: '步',
    pixels: '像素',
    degrees: '°',
  },
  problems: {
    not_a_choice: '“{{value}}”不是可选项。',
    nesterov_needs_momentum: 'Nesterov 需要大于 0 的动量。',
    nesterov_needs_no_dampening: 'Nesterov 需要阻尼为 0。',
    network_does_not_fit: '网络中的层 {{layer}} 不匹配。',
    no_whole_batch: '{{images}} 张图像凑不满一批，而不足一批的会被丢弃。',
    one_value_per_channel: '只有一张图像的一批会让 BatchNorm 层 {{layer}} 每个通道只有一个值。',
  },
  linkIssues: {
    unknown_key: '链接中的设置“{{key}}”在这里不存在，已忽略。',
    not_a_number: '链接给 {{key}} 的值“{{value}}”不是数，已使用默认值。',
    not_a_choice: '链接给 {{key}} 的值“{{value}}”不是可选项，已使用默认值。',
    clamped: '链接给 {{key}} 的值是 {{value}}，已改用允许范围内最近的 {{used}}。',
    not_applicable: '链接设置了 {{key}}，但这次训练没有这一项，已忽略。',
    newer_version: '该链接由更新版本的页面生成，其中的设置在那里可能有不同含义。请重新加载页面，或核对设置。',
    cut_off: '链接不完整，似乎没有全部复制。已使用默认设置。',
    damaged: '链接在途中被改动，无法读取。已使用默认设置。',
    invalid_data: '无法读取链接中的数据集：{{detail}} 已使用 MNIST。',
    invalid_network: '无法读取链接中的网络：{{detail}} 已使用默认网络。',
  },
  values: { on: '开', off: '关' },
} as const satisfies Translation<typeof english>;

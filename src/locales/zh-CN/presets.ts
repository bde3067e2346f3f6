import type { presets as english } from '@/locales/en/presets';
import type { Translation } from '@/locales/shape';

export const presets = {
  fast_99: {
    name: '最快达到 99%',
    text: '以最短训练达到 99% 的搜索结果：带 Nesterov 动量的 SGD，学习率走一个周期。',
  },
  quick_lenet: { name: 'LeNet-5，快速', text: '使用动量并打乱顺序：第一轮内就能认对大多数数字。' },
  pytorch_mnist: {
    name: 'PyTorch 官方 MNIST 示例',
    text: 'PyTorch 自带的程序：两个 3 × 3 卷积层、dropout 和两个全连接层；Adadelta，学习率每轮下降。',
    differs: '示例只在 GPU 上打乱顺序，这里总是打乱。',
  },
  lenet_1998: {
    name: '1998 年的 LeNet-5',
    text: 'LeCun 论文中的网络，使用 tanh 和平均池化。',
    differs:
      '论文中 C3 只连接 S2 的部分特征图，池化带有权重，tanh 经过缩放，输出与手绘数字比较，并用二阶规则每步学一张图片。这里连接全部特征图，用普通平均、普通 tanh、交叉熵和带动量的 SGD，批大小 64。',
  },
  mlp_512: {
    name: 'MLP 784-512-10',
    text: '没有卷积，只有一个 512 个单元的隐藏层。Chollet 书中的第一个网络。',
    differs: '设置和初始权重（Glorot）与书中相同，只有随机数不同。',
  },
  mobilenet_small: {
    name: '小型 MobileNet',
    text: '深度可分离卷积：先是每个通道一个滤波器，再用 1 × 1 卷积混合。权重只有 LeNet 的三分之一，准确率不相上下。',
    differs:
      '论文针对 ImageNet，没有 MNIST 的数字。这里采用其前四个模块，宽度更小，步幅适合 28 × 28 的图片，训练设置为我们自定。',
  },
  five_minute_cnn: {
    name: '五分钟 CNN',
    text: '在单线程约五分钟的训练时间内，搜索所得最准确的单个网络：四个卷积层、批归一化，图片随机平移、旋转和缩放，学习率走一个周期。',
    differs:
      '由本项目搜索得到，没有其他来源的数字。三个随机种子分别为 99.66、99.64 和 99.63%；它是按测试图片挑选的，因此偏乐观，幅度约等于换一个种子的差别。',
  },
  mynn: { name: 'Mynn', text: '报告的第一个网络：两个卷积层、dropout 和两个全连接层。' },
  vgg16_nll_logits: {
    name: 'VGG-16，错误的损失',
    text: '1.34 亿个权重，图片放大到 64 × 64。原始输出的 NLL 没有下界，所以学不会数字。',
  },
  vgg2: { name: 'VGG-2', text: '四个带批归一化的卷积层。' },
  resnet18_nll_logits: {
    name: 'ResNet-18，错误的损失',
    text: '原始输出的 NLL 无止境地下降到 −1065 万，准确率却上不去。',
  },
  resnet: { name: '小型 ResNet', text: '16 和 32 通道上的两个残差块。' },
  lenet_nll_softmax: {
    name: 'LeNet-5，错误的损失',
    text: 'softmax 的 NLL 梯度极小：有些数字始终学不会。',
  },
  convolution_check: { name: '手算卷积' },
  learning_rate_not_given: '报告没有给出学习率，这里取 0.01。',
  opening_layers_not_given: '报告省略了最前面几层，这里用 LeNet-5 原有的。',
  learning_rate_tiny: '学习率极小：只改损失，学得仍然很慢。',
} as const satisfies Translation<typeof english>;

import type { weights as english } from '@/locales/en/weights';
import type { Translation } from '@/locales/shape';

const kerasTodo =
  'Keras 的权重排布方式不同。请在 Python 中把它们复制到 PyTorch 网络里，再用 safetensors.torch 的 save_file 保存其 state_dict。';
const otherProgram =
  '它是给其他程序用的。请用 safetensors.torch 的 save_file 保存 PyTorch 网络的 state_dict。';

export const weights = {
  title: '权重',
  hint: '名称、形状和布局与 PyTorch 相同，文件可以互通。',
  save: '保存权重',
  saveAs: '另存为…',
  formats: {
    safetensors: { name: 'safetensors', hint: '权重；可用 PyTorch 打开，也可再加载到这里' },
    pth: { name: 'PyTorch (.pth)', hint: '权重，即 state_dict，供 torch.load 使用；也可再加载到这里' },
    huggingface: {
      name: 'Hugging Face 文件夹（.zip）',
      hint: '权重、model.py、配置和模型卡片；可直接上传到 Hub，也可再加载到这里',
    },
    train_py: { name: 'train.py', hint: '用 PyTorch 进行同样的训练，可用一块或多块 GPU' },
    onnx: { name: 'ONNX', hint: '网络和权重；用于 ONNX Runtime、Netron 等' },
    onnx_images: { name: '直接接收图像的 ONNX', hint: '同上；自行完成字节图像的缩放和归一化' },
    tensorboard: { name: 'TensorBoard', hint: '曲线、直方图、滤波器和认错的图像；事件文件' },
    metrics_csv: { name: '指标 CSV', hint: '每步一行；pandas 和 Trackio 可读取' },
    metrics_json: { name: '指标 JSON', hint: '同上，另含设置和逐个类别的测试结果' },
  },
  saveHint: '{{weights}}，存为 .safetensors',
  load: '加载权重…',
  drop: '或把文件（{{extensions}}）拖到这里，须与 {{network}} 相符',
  dropNow: '松开即可把权重加载到 {{network}}',
  saving: '正在写入文件…',
  savingTest: '正在读取测试图像… {{done}}',
  saved: '已保存 {{file}}（{{size}}）。',
  saveFailed: '无法保存权重',
  dismiss: '关闭这条消息',
  pytorch: '如何在 PyTorch 中打开',
  convert: '把文件转换为 safetensors 的 Python 代码',
  copy: '复制',
  copied: '已复制',

  loading: '正在加载 {{file}}…',
  cancelled: '一切保持不变，没有加载 {{file}}。',
  loaded: '已加载 {{file}}：{{network}} 的 {{tensors}} 个张量全部吻合。',
  notes: {
    prefix:
      '所有名称都以“{{prefix}}”开头，那是 PyTorch 的包装（DataParallel、torch.compile）加上的，已去掉。',
    counters: '文件中没有 num_batches_tracked；与 PyTorch 一样，从 0 开始。',
    firstOfSeveral: '只需要一个数，文件中有几个，取了第一个：{{keys}}。',
    ignored: '已跳过，因为网络中没有这样的张量：{{keys}}。',
  },
  nonFinite: {
    title: '已加载 {{file}}，但其中有 {{values}} 个数是 NaN 或无穷大',
    text: 'PyTorch 也会加载这样的权重。网络的回答将没有意义，训练也无法修复：请加载另一个文件，或重置以得到新的权重。',
    tensors: '含有这类数的张量',
    count: '{{key}}：{{size}} 个数中有 {{nan}} 个 NaN，{{infinite}} 个无穷大',
  },

  notLoaded: '没有加载 {{file}}',
  unreadable: '无法读取 {{file}}',
  notReady: '网络还在构建，请稍后再试。',
  tryAgain: '请再试一次。',
  problems: {
    damaged: '文件已损坏，或没有写完：各部分对不上。请重新获取，或用 torch.save 重新保存。',
    too_large: '按它自己所说，其中的内容超出这里任何网络所需。请用 torch.save 只保存 state_dict。',
    opcode:
      '其中有一条权重文件用不到、却可能运行程序的指令；什么也没有运行。请只加载可信之人的文件，并用 torch.save 只保存 state_dict。',
    truncated: '文件不完整：下载或复制没有完成。请重新获取。',
    header:
      '无法读取文件的目录：文件已损坏，或不是由 safetensors 工具写出的。请重新获取，或用 safetensors.torch 的 save_file 重新保存。',
    layout:
      '文件的目录与后面的数据不符：文件已损坏。请重新获取，或用 safetensors.torch 的 save_file 重新保存。',
    dtype: '“{{key}}”中的数是 {{dtype}} 类型，PyTorch 也不会把它复制到网络里。请把权重保存为 float32。',
    unreadable: '浏览器读不到文件的内容：选择之后它被移动或修改了，或者它是一个文件夹。请重新选择。',
  },

  wholeModule: {
    title: '{{file}} 中是整个模块（{{className}}），而不只是权重',
    todo: 'torch.save(model) 写下的是如何运行类 {{className}} 来重建对象，这只有在定义了该类的 Python 中才行。在那里，下面两行会得到可以在这里加载的文件：',
    script: '{{file}} 是 TorchScript 程序（{{className}}），而不只是权重',
    scriptTodo: '其中是给 PyTorch 的代码。在 PyTorch 中，下面两行会得到可以在这里加载的权重文件：',
    code: '保存 state_dict 的 Python 代码',
  },
  noStateDict: {
    title: '{{file}} 中没有 state_dict',
    text: '它是 PyTorch 文件，但其中的条目不是张量，model、state_dict 或 model_state_dict 下也没有 state_dict。请用 torch.save 保存 model.state_dict()。',
    keys: '其中的内容',
  },

  failed: '{{file}} 与 {{network}} 不匹配',
  fits: '没有做任何改动。该文件与 {{network}} 匹配：请选择那个网络，再加载一次。',
  mismatch: '没有做任何改动。请选择保存该文件时所用的网络，或从 PyTorch 重新保存。',
  prefixOff: '比较名称时去掉了它们共同的前缀“{{prefix}}”。',
  missing: '文件中缺少',
  nearest: '可能是文件中的 {{key}}',
  unexpected: '不属于这个网络',
  differing: '形状不同',
  shapes: '文件中为 [{{given}}]，这里为 [{{expected}}]',
  more: '另有 {{rest}} 个',

  foreign: {
    title: '{{file}} 是{{what}}',
    begins: '文件开头：{{excerpt}}',
    pickle: {
      what: ' Python 的 pickle 文件，不是 torch.save 写出的',
      todo: '请在 Python 中打开它，再用 torch.save 保存其中的 state_dict。',
    },
    numpy: {
      what: '单个 NumPy 数组（.npy）',
      todo: '网络需要按名称给出全部张量。请用 safetensors.numpy 的 save_file 把它们一起保存。',
    },
    npz: {
      what: ' NumPy 压缩包（.npz）',
      todo: '如果其中的名称与 PyTorch 的 state_dict 相同，用几行 Python 就能把它转换为可以在这里加载的文件：',
    },
    keras: { what: ' Keras 模型', todo: kerasTodo },
    hdf5: { what: ' HDF5 文件，例如 Keras 写出的文件', todo: kerasTodo },
    huggingface: {
      name: 'Hugging Face 文件夹（.zip）',
      hint: '权重、model.py、配置和模型卡片；可直接上传到 Hub，也可再加载到这里',
    },
    train_py: { name: 'train.py', hint: '用 PyTorch 进行同样的训练，可用一块或多块 GPU' },
    onnx: {
      what: ' ONNX 模型',
      todo: '请用 safetensors.torch 的 save_file 保存导出它的 PyTorch 网络的 state_dict。',
    },
    tflite: { what: ' TensorFlow Lite 模型', todo: otherProgram },
    gguf: { what: '语言模型的 GGUF 文件', todo: otherProgram },
    zip: { what: ' ZIP 压缩包', todo: '请解压，再选择其中的权重文件（.safetensors、.pth）。' },
    archive: { what: '压缩包', todo: '请解压，再选择其中的权重文件（.safetensors、.pth）。' },
    html: { what: '网页', todo: '链接指向的是介绍该文件的网页。请打开它，用其中的下载按钮。' },
    lfs_pointer: {
      what: ' Git LFS 指针，不是文件本身',
      todo: '请用“git lfs pull”获取文件，或从仓库的网页下载。',
    },
    safetensors_index: { what: '分成几个文件的模型的索引', todo: '请选择其中列出的 .safetensors 文件。' },
    json: { what: ' JSON 文件', todo: '其中是设置，不是权重。请选择与它配套的 .safetensors 文件。' },
    image: { what: '图片', todo: '请选择 .safetensors 文件。要让网络识别它，请在“剖析”页面打开这张图片。' },
    pdf: { what: ' PDF 文档', todo: '请选择 .safetensors 文件。' },
    text: { what: '文本，不是权重', todo: '服务器常常会发来一条消息而不是文件。请重新获取文件。' },
    empty: { what: '空文件', todo: '下载没有完成。请重新获取。' },
  },
} as const satisfies Translation<typeof english>;

export const weights = {
  title: 'Weights',
  hint: 'Names, shapes and layouts are PyTorch’s, so files go both ways.',
  save: 'Save weights',
  saveAs: 'Save as…',
  formats: {
    safetensors: { name: 'safetensors', hint: 'Weights; opens in PyTorch, and here again' },
    pth: { name: 'PyTorch (.pth)', hint: 'Weights as a state_dict, for torch.load; opens here again' },
    huggingface: {
      name: 'Hugging Face folder (.zip)',
      hint: 'Weights, model.py, config and model card; ready for the hub, opens here again',
    },
    train_py: { name: 'train.py', hint: 'This training in PyTorch, for one GPU or many' },
    onnx: { name: 'ONNX', hint: 'Network and weights, for ONNX Runtime, Netron and others' },
    onnx_images: { name: 'ONNX that takes images', hint: 'The same; scales and resizes bytes itself' },
    tensorboard: {
      name: 'TensorBoard',
      hint: 'Curves, histograms, filters and misread images, as an event file',
    },
    metrics_csv: { name: 'Metrics as CSV', hint: 'A row a step; pandas and Trackio read it' },
    metrics_json: { name: 'Metrics as JSON', hint: 'The same with settings and tests, class by class' },
  },
  saveHint: '{{weights}}, as .safetensors',
  load: 'Load weights…',
  drop: 'or drop a file here ({{extensions}}); it must fit {{network}}',
  dropNow: 'Drop to load the weights into {{network}}',
  saving: 'Writing the file…',
  savingTest: 'Reading the test images… {{done}}',
  saved: '{{file}} saved ({{size}}).',
  saveFailed: 'The weights could not be saved',
  dismiss: 'Close this message',
  pytorch: 'How to open it in PyTorch',
  convert: 'Python that turns the file into safetensors',
  copy: 'Copy',
  copied: 'Copied',

  loading: 'Loading {{file}}…',
  cancelled: 'Everything stays as it is; {{file}} was not loaded.',
  loaded: 'Loaded {{file}}: all {{tensors}} tensors of {{network}} fit.',
  notes: {
    prefix:
      'Every name began with “{{prefix}}”, which PyTorch’s wrappers (DataParallel, torch.compile) add; it was taken off.',
    counters: 'The file has no num_batches_tracked; as in PyTorch, it starts at 0.',
    firstOfSeveral: 'One number is wanted, the file has several, and the first was taken: {{keys}}.',
    ignored: 'Passed over, since the network has no such tensor: {{keys}}.',
  },
  nonFinite: {
    title: 'Loaded {{file}}, but {{values}} of its numbers are NaN or infinite',
    text: 'PyTorch loads such weights as well. The answers of the network will mean nothing, and training cannot mend it: load another file, or reset for fresh weights.',
    tensors: 'Tensors with such numbers',
    count: '{{key}}: {{nan}} NaN, {{infinite}} infinite, of {{size}}',
  },

  notLoaded: '{{file}} was not loaded',
  unreadable: '{{file}} could not be read',
  notReady: 'The network is still being built; try again in a moment.',
  tryAgain: 'Try again.',
  problems: {
    damaged:
      'It is damaged, or was not written to its end: its parts do not add up. Fetch it again, or save it anew with torch.save.',
    too_large:
      'It says that it holds more than a network here could need. Save the state_dict alone with torch.save.',
    opcode:
      'It holds an instruction that no file of weights needs, and that could run a program; nothing of it was run. Load files of people you trust alone, and save the state_dict alone with torch.save.',
    truncated: 'It ends early: its download or copy was not finished. Fetch it again.',
    header:
      'Its table of contents cannot be read: the file is damaged, or no safetensors writer wrote it. Fetch it again, or save it anew with save_file of safetensors.torch.',
    layout:
      'Its table of contents does not match what follows: the file is damaged. Fetch it again, or save it anew with save_file of safetensors.torch.',
    dtype:
      '“{{key}}” holds numbers of type {{dtype}}, which PyTorch does not copy into a network either. Save the weights as float32.',
    unreadable:
      'The browser does not get at its bytes: it was moved or changed after it was chosen, or it is a folder. Choose it again.',
  },

  wholeModule: {
    title: '{{file}} holds a whole module ({{className}}), not its weights alone',
    todo: 'torch.save(model) writes down how to make the object again by running its class {{className}}, which only Python can, where the class is defined. There these two lines make a file that loads here:',
    script: '{{file}} is a TorchScript program ({{className}}), not weights alone',
    scriptTodo:
      'It holds code for PyTorch. There these two lines make a file of its weights that loads here:',
    code: 'Python that saves the state_dict',
  },
  noStateDict: {
    title: '{{file}} holds no state_dict',
    text: 'It is a PyTorch file, but neither its entries are tensors nor is there a state_dict under model, state_dict or model_state_dict. Save model.state_dict() with torch.save.',
    keys: 'What it holds',
  },

  failed: '{{file}} does not fit {{network}}',
  fits: 'Nothing was changed. The file fits {{network}}: choose that network, then load it again.',
  mismatch:
    'Nothing was changed. Choose the network that the file was saved from, or save it anew from PyTorch.',
  prefixOff: 'Names are compared without the “{{prefix}}” that all of them begin with.',
  missing: 'Missing in the file',
  nearest: 'in the file perhaps {{key}}',
  unexpected: 'Not part of this network',
  differing: 'Other shape',
  shapes: '[{{given}}] in the file, [{{expected}}] here',
  more: 'and {{rest}} more',

  foreign: {
    title: '{{file}} is {{what}}',
    begins: 'It begins: {{excerpt}}',
    pickle: {
      what: 'a Python pickle, not written by torch.save',
      todo: 'Open it in Python, and save the state_dict in it with torch.save.',
    },
    numpy: {
      what: 'a single NumPy array (.npy)',
      todo: 'A network needs all of its tensors by name. Save them together with save_file of safetensors.numpy.',
    },
    npz: {
      what: 'a NumPy archive (.npz)',
      todo: 'If its names are those of PyTorch’s state_dict, a few lines of Python turn it into a file that loads here:',
    },
    keras: {
      what: 'a Keras model',
      todo: 'Keras lays weights out in another way. Copy them into the PyTorch network in Python, and save its state_dict with save_file of safetensors.torch.',
    },
    hdf5: {
      what: 'an HDF5 file, such as Keras writes',
      todo: 'Keras lays weights out in another way. Copy them into the PyTorch network in Python, and save its state_dict with save_file of safetensors.torch.',
    },
    huggingface: {
      name: 'Hugging Face folder (.zip)',
      hint: 'Weights, model.py, config and model card; ready for the hub, opens here again',
    },
    train_py: { name: 'train.py', hint: 'This training in PyTorch, for one GPU or many' },
    onnx: {
      what: 'an ONNX model',
      todo: 'Save the state_dict of the PyTorch network that it was made from, with save_file of safetensors.torch.',
    },
    tflite: {
      what: 'a TensorFlow Lite model',
      todo: 'It is made for another program. Save the state_dict of a PyTorch network with save_file of safetensors.torch.',
    },
    gguf: {
      what: 'a GGUF file of a language model',
      todo: 'It is made for another program. Save the state_dict of a PyTorch network with save_file of safetensors.torch.',
    },
    zip: {
      what: 'a ZIP archive',
      todo: 'Unpack it, and choose the file of weights in it (.safetensors, .pth).',
    },
    archive: {
      what: 'a packed archive',
      todo: 'Unpack it, and choose the file of weights in it (.safetensors, .pth).',
    },
    html: {
      what: 'a web page',
      todo: 'The link led to a page about the file. Open it, and use its button for downloading.',
    },
    lfs_pointer: {
      what: 'a Git LFS pointer, not the file itself',
      todo: 'Fetch the file with “git lfs pull”, or download it from the repository’s page.',
    },
    safetensors_index: {
      what: 'the index of a model in several files',
      todo: 'Choose the .safetensors file that it names.',
    },
    json: {
      what: 'a JSON file',
      todo: 'It holds settings, not weights. Choose the .safetensors file that belongs to it.',
    },
    image: {
      what: 'a picture',
      todo: 'Choose a .safetensors file. To have it read, open it as a picture on Inspect.',
    },
    pdf: { what: 'a PDF document', todo: 'Choose a .safetensors file.' },
    text: {
      what: 'text, not weights',
      todo: 'Often a server sends a message instead of the file. Fetch the file again.',
    },
    empty: { what: 'empty', todo: 'Its download was not finished. Fetch it again.' },
  },
} as const;

"""Real PyTorch's side of the checkpoint test (checkpoint.test.ts): loads and writes weights as safetensors.

    checkpoint.py MODELS

MODELS is the folder of models.py. Each line of standard input is a job, a JSON list, and each gets one line back: `ok` or
the error. One process does all jobs, since importing PyTorch takes longer than most of them.

    ["logits", NET, WEIGHTS, IMAGES, LOGITS]      load_state_dict(strict=True), then logits in eval mode
    ["save", NET, WEIGHTS, IMAGES, LOGITS]        a network made and written by PyTorch, and its logits

IMAGES holds bytes [n, 28, 28], LOGITS gets float32 [n, 10].
"""
import json
import sys

import numpy as np
import torch

from safetensors_file import read_safetensors, write_safetensors


def write_logits(model, head, x, path):
    """The output of the last Linear, before the softmax that two of the networks end in."""
    found = []
    model.get_submodule(head).register_forward_hook(lambda module, inputs, output: found.append(output))
    model.eval()
    with torch.no_grad():
        model(x)
    found[0].numpy().astype(np.float32).tofile(path)


def randomise_batch_norm(model):
    """Freshly made statistics are 0 and 1, which would hide a mistake with them."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.num_batches_tracked.fill_(7)
            with torch.no_grad():
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.1, 0.1)


def do(command, net, weights, images, logits):
    constructor, head, kind = NETS[net]
    x = preprocess(torch.from_numpy(np.fromfile(images, np.uint8).reshape(-1, 28, 28)), kind)
    torch.manual_seed(5)
    model = constructor()
    if command == "save":
        randomise_batch_norm(model)
        write_safetensors(weights, model.state_dict())
    else:
        model.load_state_dict(read_safetensors(weights), strict=True)
    write_logits(model, head, x, logits)


sys.path.insert(0, sys.argv[1])
from models import NETS, preprocess  # noqa: E402

for line in sys.stdin:
    try:
        do(*json.loads(line))
        print("ok", flush=True)
    except Exception as error:  # the test decides what an error means
        print(" ".join(str(error).split()), flush=True)

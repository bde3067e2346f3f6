"""Real PyTorch's side of layers.test.ts: a layer of torch.nn in float64, forward and backward.

    layers.py

Each line of standard input is a job, a JSON list, and each gets one line of JSON back.

    ["layer", LAYER, SHAPE, X, WEIGHTS]   a layer's spec, the shape of a batch and its values, values by name in the state_dict: gives
                                          {state: [[name, shape]], shape, y, dx, gradients}; the gradient of y is (7 i mod 13) - 6
"""
import json
import re
import sys

import torch
from torch import nn


def build(layer):
    """Called as in torch.nn, its properties as the constructor's arguments in camelCase."""
    arguments = {re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), key): value for key, value in layer.items() if key not in ("kind", "name", "init")}
    return getattr(nn, layer["kind"])(**arguments).double().train()


def values(tensor):
    return tensor.detach().reshape(-1).tolist()


def run(layer, shape, x, weights):
    module = build(layer)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.tensor(weights[name], dtype=torch.float64).reshape(parameter.shape))
    state = [[name, list(tensor.shape)] for name, tensor in module.state_dict().items()]
    x = torch.tensor(x, dtype=torch.float64).reshape(shape).requires_grad_()
    y = module(x)
    dy = torch.arange(y.numel(), dtype=torch.float64).mul(7).remainder(13).sub(6).reshape(y.shape)
    y.backward(dy)
    gradients = {name: values(parameter.grad) for name, parameter in module.named_parameters()}
    return {"state": state, "shape": list(y.shape), "y": values(y), "dx": values(x.grad), "gradients": gradients}


for line in sys.stdin:
    _, *arguments = json.loads(line)
    print(json.dumps(run(*arguments)), flush=True)

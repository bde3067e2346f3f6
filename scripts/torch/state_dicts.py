"""Real PyTorch's side of stateDicts.test.ts: makes state_dicts of every sort, and says what load_state_dict(strict=True) does.

    state_dicts.py

Each line of standard input is a job, a JSON list, and each gets one line of JSON back.

    ["names", NAMES]             which of the names add_module refuses, and the attributes that every module has
    ["table", NETWORKS, FOLDER]  for each network (a NetworkSpec), rows of
                                 {name, network, accepted, error, wrapper, file, result}: FOLDER/file is what was loaded, and
                                 FOLDER/result the state of the network afterwards; `wrapper` for a file of a wrapped network
"""
import json
import os
import random
import re
import sys
import warnings

import torch
from torch import nn

from safetensors_file import DTYPES, read_safetensors, write_safetensors

# copy_ says once that it drops an imaginary part.
warnings.simplefilter("ignore")


def leaf(layer):
    """A layer is called as in torch.nn, its numbers as the constructor's arguments in camelCase; Residual alone is none of PyTorch's."""
    if layer["kind"] == "Residual":
        return None
    arguments = {re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), key): value for key, value in layer.items() if key not in ("kind", "name", "init")}
    module = getattr(nn, layer["kind"])(**arguments)
    return module if module.state_dict() else None


def build(network):
    """The layers that have weights, each under its path; nothing here needs a forward pass."""
    root = nn.Module()
    for layer in network["layers"]:
        module = leaf(layer)
        if module is None:
            continue
        *path, name = layer["name"].split(".")
        owner = root
        for part in path:
            if part not in owner._modules:
                owner.add_module(part, nn.Module())
            owner = owner._modules[part]
        owner.add_module(name, module)
    return root


class Wrapped(nn.Module):
    """What torch.compile (from PyTorch 2.0 on) makes of a network's names."""

    def __init__(self, module):
        super().__init__()
        self._orig_mod = module


def wrap(model, wrapper):
    for name in reversed(wrapper.rstrip(".").split(".")):
        model = nn.DataParallel(model) if name == "module" else Wrapped(model)
    return model


HARD_FLOATS = [0.0, -0.0, 1e300, -1e300, 1e-46, 7e-46, 1e-40, 3.4028235677973366e38, 3.4028235e38, 1 + 2**-24,
               1 + 2**-24 + 2**-50, 16777217.0, float("inf"), float("-inf"), float("nan"), 7.9, -7.9, 65504.0, 65520.0]
HARD_INTEGERS = [2**24 + 1, -(2**24) - 3, 2**53 + 1, 2**63 - 1, -(2**63), 2**62 + 2**38, 2**62 + 2**38 + 1, -(2**62) - 2**38 - 1,
                 2**54 + 2**30, 2**54 + 2**30 + 2, 2**31 - 1, 255, -128]


def with_values(tensor, values):
    flat = tensor.clone().flatten()
    count = min(len(values), flat.numel())
    flat[:count] = torch.tensor(values[:count], dtype=torch.float64 if isinstance(values[0], float) else torch.int64).to(flat.dtype)
    return flat.reshape(tensor.shape)


def converted(state, dtype):
    """All tensors of one type, with values at which conversions differ."""
    hard = HARD_FLOATS if dtype.is_floating_point or dtype.is_complex else HARD_INTEGERS
    wide = torch.float64 if isinstance(hard[0], float) else torch.int64
    result = {}
    for key, tensor in state.items():
        values = (tensor.double() * 100).to(wide)
        if tensor.numel() > 1:
            values = with_values(values, hard)
        if dtype == torch.complex64:
            values = values.to(torch.complex64) + 2j
        result[key] = values.to(dtype)
    return result


def rows_of(state):
    """(name, state) of all that is worth a line of its own."""
    weight = next(key for key, tensor in state.items() if tensor.dim() == 2)
    bias = weight.replace("weight", "bias")
    module = weight.rsplit(".", 1)[0]
    yield "as it is", dict(state)
    yield "in another order", dict(reversed(state.items()))
    yield "nothing", {}
    for name, dtype in DTYPES.items():
        yield f"all {name}", converted(state, dtype)
    for key in state:
        yield f"without {key}", {other: tensor for other, tensor in state.items() if other != key}
    extra = torch.zeros(2)
    for key in ["extra", "", ".", "_extra_state", f"{module}._extra_state", module, module.split(".")[0], f"{module}.",
                f".{weight}", f"{weight}.", f"{weight}.old", f"{weight}.old.more", f"{module}..weight", f"{module}.extra",
                f"{module}.extra.weight", f"{module}.num_batches_tracked", weight.upper(), f"{weight} "]:
        yield f"with {key!r}", {**state, key: extra}
    tensor = state[weight]
    for shape in [tensor.t().shape, (1, *tensor.shape), (*tensor.shape, 1), (tensor.numel(),), (1, 1), (0,), ()]:
        yield f"weight {tuple(shape)}", {**state, weight: torch.ones(shape)}
    for shape in [(1, 10), (10, 1), (1,), (), (9,), (0,)]:
        yield f"bias {shape}", {**state, bias: torch.ones(shape)}
    yield "renamed", {f"model.{key}": tensor for key, tensor in state.items()}
    for counter in [key for key in state if key.endswith("num_batches_tracked")][:1]:
        for value in [7.9, -7.9, float("nan"), float("inf"), float("-inf"), 1e30, -1e30, 2.0**53 + 2, 2.0**63, -(2.0**63)]:
            for dtype in [torch.float32, torch.float64]:
                yield f"counter {value} {dtype}", {**state, counter: torch.tensor(value, dtype=dtype)}
        for tensor in [torch.tensor(7.5).half(), torch.tensor(7.5).bfloat16(), torch.tensor(True), torch.tensor(200).byte(),
                       torch.tensor(-3).char(), torch.tensor(3 + 4j), torch.tensor(2**40)]:
            yield f"counter {tensor}", {**state, counter: tensor}
        for shape in [(1,), (3,), (0,), (1, 1), (2, 1)]:
            for dtype in [torch.int64, torch.float32]:
                values = torch.arange(5, 5 + torch.Size(shape).numel()).reshape(shape).to(dtype)
                yield f"counter {shape} {dtype}", {**state, counter: values}
        yield "no counters", {key: tensor for key, tensor in state.items() if not key.endswith("num_batches_tracked")}


def random_rows(state, count, seed):
    """State dicts with several changes at once."""
    draw = random.Random(seed)
    dtypes = [torch.float16, torch.bfloat16, torch.float64, torch.int32, torch.uint8, torch.bool]
    for index in range(count):
        changed = dict(state)
        for _ in range(draw.randint(1, 4)):
            key = draw.choice(list(changed) or list(state))
            tensor = changed.get(key, torch.zeros(1))
            change = draw.choice(["type", "type", "type", "drop", "rename", "shape", "below", "parent"])
            if change == "type":
                changed[key] = tensor.to(draw.choice(dtypes))
            elif change == "drop":
                changed.pop(key, None)
            elif change == "rename":
                changed[draw.choice(["x", "module.", "conv1."]) + key] = changed.pop(key, tensor)
            elif change == "shape":
                changed[key] = draw.choice([tensor.unsqueeze(0), tensor.flatten(), tensor.flatten()[:1]])
            elif change == "below":
                changed[f"{key}.{draw.choice(['a', 'b.c', ''])}"] = torch.zeros(())
            elif "." in key:
                changed[key.rsplit(".", 1)[0]] = torch.zeros(3)
        yield f"random {index}", changed


def randomise(model):
    torch.manual_seed(7)
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            tensor.copy_(torch.tensor(41) if key.endswith("num_batches_tracked") else torch.randn(tensor.shape))
    return model


def table(networks, folder):
    rows = []
    for index, network in enumerate(networks):
        def add(name, state, model, wrapper=""):
            file, result = f"{index}-{len(rows)}.safetensors", f"{index}-{len(rows)}-result.safetensors"
            write_safetensors(os.path.join(folder, file), state)
            try:
                model.load_state_dict(read_safetensors(os.path.join(folder, file)), strict=True)
                error = None
            except Exception as problem:
                error = str(problem)
            if error is None:
                inner = model.state_dict()
                write_safetensors(os.path.join(folder, result), {key[len(wrapper):]: value for key, value in inner.items()})
            rows.append({"name": name, "network": index, "accepted": error is None, "error": error, "wrapper": wrapper,
                         "file": file, "result": result})

        state = randomise(build(network)).state_dict()
        for name, changed in [*rows_of(state), *random_rows(state, 60, index)]:
            add(name, changed, build(network))
        for wrapper in ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."]:
            add(f"wrapped {wrapper}", wrap(randomise(build(network)), wrapper).state_dict(), wrap(build(network), wrapper), wrapper)
    return {"version": torch.__version__, "rows": rows}


def names(given):
    def refused(name):
        try:
            nn.Module().add_module(name, nn.Identity())
            return False
        except KeyError:
            return True

    return {"version": torch.__version__, "refused": [name for name in given if refused(name)], "attributes": dir(nn.Module())}


JOBS = {"table": table, "names": names}

for line in sys.stdin:
    job, *arguments = json.loads(line)
    print(json.dumps(JOBS[job](*arguments)), flush=True)

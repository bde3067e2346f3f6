"""Real PyTorch's side of torchFiles.test.ts: writes .pth files of every form, and reads ours.

    torch_files.py FIXTURES

FIXTURES is the folder of fixtures/pytorch/torch_files.py. Each line of standard input is a job, a JSON list, and each gets one line
of JSON back.

    ["files", FOLDER]            {accepted: [name], refused: [name]} of files FOLDER/NAME.pth, and FOLDER/expected.safetensors;
                                 besides, TorchScript as FOLDER/script.pth
    ["types", FOLDER]            [[name, dtype]]: each FOLDER/NAME.pth holds the tensors of FOLDER/NAME.safetensors, of any type
    ["load", FILE, RESULT]       what torch.load makes of FILE, with weights_only and without, as RESULT; the error where it does not
"""
import json
import os
import sys

import torch

from safetensors_file import DTYPES, write_safetensors

sys.path.insert(0, sys.argv[1])
import torch_files  # noqa: E402


def files(folder):
    tensors = torch_files.state()
    named = {"accepted": list(torch_files.files(tensors)), "refused": list(torch_files.refused())}
    for rows in named.values():
        for name, value, arguments in rows:
            torch.save(value, os.path.join(folder, f"{name}.pth"), **arguments)
    script = torch.jit.trace(torch.nn.Sequential(torch.nn.Linear(2, 2)), torch.zeros(1, 2))
    torch.jit.save(script, os.path.join(folder, "script.pth"))
    write_safetensors(os.path.join(folder, "expected.safetensors"), tensors)
    return {key: [name for name, _, _ in rows] for key, rows in named.items()}


def types(folder):
    torch.manual_seed(5)
    numbers = torch.randn(6, 5) * 40
    numbers[0, 0], numbers[0, 1], numbers[1, 1] = float("inf"), float("nan"), -0.0
    rows = []
    for dtype in DTYPES.values():
        tensor = numbers.nan_to_num(3).to(dtype) if not (dtype.is_floating_point or dtype.is_complex) else numbers.to(dtype)
        tensors = {"plain": tensor, "strided": tensor.t(), "part": tensor[2:4, 1:4], "one": tensor[3, 2], "none": tensor[:0],
                   "spread": tensor[:, :1].expand(6, 4)}
        for form, is_zip in [("zip", True), ("legacy", False)]:
            name = f"{form}_{str(dtype)[len('torch.'):]}"
            torch.save(tensors, os.path.join(folder, f"{name}.pth"), _use_new_zipfile_serialization=is_zip)
            write_safetensors(os.path.join(folder, f"{name}.safetensors"), tensors)
            rows.append(name)
    return rows


def load(path, result):
    try:
        strict = torch.load(path, weights_only=True)
        plain = torch.load(path)
    except Exception as error:
        return {"error": str(error)}
    same = list(strict) == list(plain) and all(torch.equal(strict[key], plain[key]) or strict[key].isnan().any() for key in strict)
    write_safetensors(result, plain)
    return {"error": None, "same": same, "type": type(plain).__name__}


JOBS = {"files": files, "types": types, "load": load}

for line in sys.stdin:
    job, *arguments = json.loads(line)
    print(json.dumps(JOBS[job](*arguments)), flush=True)

"""Real PyTorch's side of modelSource.test.ts.

    model_py.py

Each line of standard input is a job, a JSON list, and each gets one line of JSON back.

    ["logits", FOLDER, IMAGES, LOGITS]     builds the class of FOLDER/model.py from config.json, loads model.safetensors strictly, and
                                           writes its logits, float32 [n, 10], for IMAGES, bytes [n, 28, 28]; gives the class's bases
"""
import inspect
import json
import os
import runpy
import sys

import numpy as np
import torch

from safetensors_file import read_safetensors


def logits(folder, images, result):
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    module = runpy.run_path(os.path.join(folder, "model.py"))
    made = module[config["architectures"][0]]
    names = [name for name in inspect.signature(made).parameters if name in config]
    model = made(**{name: config[name] for name in names})
    model.load_state_dict(read_safetensors(os.path.join(folder, "model.safetensors")), strict=True)
    model.eval()
    x = torch.from_numpy(np.fromfile(images, np.uint8).reshape(-1, 28, 28))
    with torch.no_grad():
        model(module["prepare"](model, x)).numpy().astype(np.float32).tofile(result)
    return {"bases": [base.__name__ for base in made.__bases__], "arguments": names, "keys": list(model.state_dict())}


JOBS = {"logits": logits}

for line in sys.stdin:
    job, *arguments = json.loads(line)
    print(json.dumps(JOBS[job](*arguments)), flush=True)

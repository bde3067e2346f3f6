"""safetensors files for PyTorch, with the standard library and NumPy: Debian has no such package for Python."""
import json
import struct

import numpy as np
import torch

DTYPES = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "I32": torch.int32, "I64": torch.int64,
    "F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64, "C64": torch.complex64,
}
# Newer versions of PyTorch have more.
for name, attribute in [("U16", "uint16"), ("U32", "uint32"), ("U64", "uint64"), ("F8_E4M3", "float8_e4m3fn"),
                        ("F8_E5M2", "float8_e5m2"), ("F8_E8M0", "float8_e8m0fnu")]:
    if hasattr(torch, attribute):
        DTYPES[name] = getattr(torch, attribute)
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def raw_bytes(tensor):
    tensor = tensor.detach().contiguous()
    try:
        return tensor.numpy().tobytes()
    except TypeError:
        # NumPy has no bfloat16 and no floats of one byte; their bits do.
        return tensor.view(torch.int16 if tensor.element_size() == 2 else torch.uint8).numpy().tobytes()


def from_bytes(raw, dtype, shape):
    if len(raw) == 0:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(bytearray(raw), dtype=dtype).reshape(shape)


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        state[name] = from_bytes(data[begin:end], DTYPES[entry["dtype"]], entry["shape"])
    return state


def write_safetensors(path, state):
    header, chunks, position = {}, [], 0
    for name, tensor in state.items():
        raw = raw_bytes(tensor)
        end = position + len(raw)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [position, end]}
        chunks.append(raw)
        position = end
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for raw in chunks:
            file.write(raw)

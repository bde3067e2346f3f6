"""Native PyTorch as a row of the benchmark: reads one JSON command a line, answers one JSON line.

Usage: pytorch.py MODELS_DIR THREADS. Commands: {"prepare": {"network", "layers"?, "batchSize", "optimizer"}}, {"run": steps}.
The report's loop: forward in train mode, cross entropy, backward, optimizer of torch.optim at a rate of 0.01; inputs ready as float tensors.
"""
import json
import sys
import time

sys.path.insert(0, sys.argv[1])
import torch  # noqa: E402
import layers as kinds  # noqa: E402
import models  # noqa: E402

torch.set_num_threads(int(sys.argv[2]))
torch.manual_seed(1)
state = {}


def prepare(network, batchSize, layers=None, optimizer="SGD"):
    logits = {}
    if layers is None:
        build, head, kind = models.NETS[network]
        net = build().train()
        dict(net.named_modules())[head].register_forward_hook(lambda m, i, o: logits.update(z=o))
    else:
        net, kind = kinds.build(layers).train(), "tensor"
        net.register_forward_hook(lambda m, i, o: logits.update(z=o))
    images = torch.randint(0, 256, (batchSize, 28, 28), dtype=torch.uint8)
    state.update(
        net=net,
        logits=logits,
        x=models.preprocess(images, kind),
        y=torch.randint(0, 10, (batchSize,)),
        opt=getattr(torch.optim, optimizer)(net.parameters(), lr=0.01),
    )
    return run(1)


def run(steps):
    start = time.perf_counter()
    for _ in range(steps):
        state["opt"].zero_grad()
        state["net"](state["x"])
        loss = torch.nn.functional.cross_entropy(state["logits"]["z"], state["y"])
        loss.backward()
        state["opt"].step()
    return (time.perf_counter() - start) * 1000


for line in sys.stdin:
    command = json.loads(line)
    if "prepare" in command:
        print(json.dumps({"milliseconds": prepare(**command["prepare"])}), flush=True)
    else:
        print(json.dumps({"milliseconds": run(command["run"])}), flush=True)

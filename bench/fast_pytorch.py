"""Trains the preset "To 99% as fast as possible" in PyTorch: the same network, batches, optimizer and schedule.

    fast_pytorch.py MODELS_DIR THREADS < CONFIG

CONFIG is one line of JSON, {"config": a run's configuration, "seeds": [...]}; answers one line of JSON a seed. The clock runs
from the first step to the end of the last. Images lie in memory as bytes and are divided by 255 a batch, as in the app."""
import json
import sys
import time

sys.path.insert(0, sys.argv[1])
import torch  # noqa: E402
from torch import nn  # noqa: E402
import mnist_idx  # noqa: E402

torch.set_num_threads(int(sys.argv[2]))


def module(layer):
    kind = layer["kind"]
    if kind == "Conv2d":
        return nn.Conv2d(layer["inChannels"], layer["outChannels"], layer["kernelSize"], layer["stride"], layer["padding"])
    if kind == "Linear":
        return nn.Linear(layer["inFeatures"], layer["outFeatures"])
    if kind == "MaxPool2d":
        return nn.MaxPool2d(layer["kernelSize"], layer["stride"])
    return {"ReLU": nn.ReLU, "Flatten": nn.Flatten}[kind]()


def batch(images, labels, rows):
    return images[rows].unsqueeze(1).float() / 255, labels[rows]


def train(config, seed, images, labels):
    torch.manual_seed(seed)
    net = nn.Sequential(*(module(layer) for layer in config["network"]["layers"]))
    rate, epochs, size = config["learningRate"], config["epochs"], config["batchSize"]
    optimizer, schedule = config["optimizer"], config["schedule"]
    steps = -(-len(labels) // size) * epochs
    sgd = torch.optim.SGD(net.parameters(), lr=rate, momentum=optimizer["momentum"], nesterov=optimizer["nesterov"],
                          weight_decay=optimizer["weightDecay"])
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        sgd, rate, total_steps=steps, pct_start=schedule["pctStart"], div_factor=schedule["divFactor"],
        final_div_factor=schedule["finalDivFactor"], cycle_momentum=False)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(epochs):
        for rows in torch.randperm(len(labels)).split(size):
            x, y = batch(images, labels, rows)
            sgd.zero_grad()
            nn.functional.cross_entropy(net(x), y).backward()
            sgd.step()
            cycle.step()
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    return net, seconds, cpu_seconds


command = json.loads(sys.stdin.readline())
training = mnist_idx.images("train"), mnist_idx.labels("train")
test = mnist_idx.images("test"), mnist_idx.labels("test")
for seed in command["seeds"]:
    net, seconds, cpu_seconds = train(command["config"], seed, *training)
    with torch.no_grad():
        x, y = batch(*test, torch.arange(len(test[1])))
        right = (net(x).argmax(1) == y).sum().item()
    print(json.dumps({"seed": seed, "accuracy": right / len(test[1]), "seconds": seconds, "cpuSeconds": cpu_seconds}),
          flush=True)

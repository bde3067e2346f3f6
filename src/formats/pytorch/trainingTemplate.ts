/** The parts of train.py that are the same for every configuration, which stands before them as constants. */
import { plainText } from '@/formats/pytorch/python';
import { dataFolder, otherwise, sizeCheck } from '@/formats/pytorch/trainingData';
import type { DataSpec } from '@/model/dataSet';

export const headSource = (name: string, link: string, data: DataSpec): string => `#!/usr/bin/env python3
"""Trains ${plainText(name)} on ${plainText(data.name)}; written by Digit Lab.

    python train.py                                 on a GPU, or without one
    torchrun --nproc_per_node=4 train.py            one process a device; on several hosts as torchrun says
    python train.py --resume checkpoint.pt          goes on where a run ended or was ended
    python train.py --weights FILE --check          follows Digit Lab step by step, and prints the first 20 losses
    python train.py --weights FILE --check 5000     the same for so many; metrics.csv can be laid over its run there

${dataFolder(data)}
The same in the browser: ${plainText(link)}
"""
import argparse
import csv
import gzip
import math
import os
import pathlib
import time

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DistributedSampler

try:
    from torch.utils.tensorboard import SummaryWriter
except ImportError:  # without TensorBoard the figures stand in metrics.csv alone
    SummaryWriter = None`;

export const dataSource = (data: DataSpec): string => `def read_idx(folder, stem):
    """An IDX file as bytes, or None where it is not there."""
    for place in [folder, folder / "MNIST" / "raw"]:
        for path in sorted(place.glob("*")) if place.is_dir() else []:
            if path.name.replace(".", "-").startswith(stem):
                raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                sizes = [int.from_bytes(raw[4 + 4 * i : 8 + 4 * i], "big") for i in range(raw[3])]
                return torch.frombuffer(bytearray(raw), dtype=torch.uint8)[4 + 4 * raw[3] :].reshape(sizes)
    return None


def load(folder, is_training):
    """Images [n, 28, 28] and labels [n], as bytes."""
    stem = "train" if is_training else "t10k"
    images, labels = read_idx(folder, f"{stem}-images"), read_idx(folder, f"{stem}-labels")
    if images is None or labels is None:
${otherwise(data)}
${sizeCheck(data)}
    return images, labels.long()


def augment(x, draws):
    """Shifts, turns and scales images [n, 1, 28, 28]; draws [n, 4] from -1 to 1."""
    right, down = draws[:, 0] * SHIFT, draws[:, 1] * SHIFT
    angle, size = draws[:, 2] * math.radians(ROTATE), 1 + draws[:, 3] * SCALE
    offsets = torch.arange(28, device=x.device) - 13.5
    dx = offsets[None, None, :] - right[:, None, None]
    dy = offsets[None, :, None] - down[:, None, None]
    cos, sin, size = angle.cos()[:, None, None], angle.sin()[:, None, None], size[:, None, None]
    places = torch.stack([(cos * dx + sin * dy) / size, (cos * dy - sin * dx) / size], dim=-1) / 13.5
    return F.grid_sample(x, places.to(x), mode="bilinear", padding_mode="zeros", align_corners=True)


def prepare(images, draws=None):
    """Bytes [n, 28, 28] as the network reads them."""
    x = images.unsqueeze(1).to(torch.get_default_dtype()) / 255
    if draws is not None:
        x = augment(x, draws)
    if RESIZE is not None:
        x = F.interpolate(x, size=(RESIZE, RESIZE), mode="bilinear", align_corners=False)
    return (x - MEAN) / STD`;

export const parallelSource = `class SyncBatchNorm(nn.modules.batchnorm._BatchNorm):
    """A BatchNorm over the batches of all processes, so that their number changes nothing; on processors, too."""

    def _check_input_dim(self, x):
        pass

    @classmethod
    def convert(cls, module):
        for name, child in module.named_children():
            if isinstance(child, nn.modules.batchnorm._BatchNorm):
                new = cls(child.num_features, child.eps, child.momentum)
                new.load_state_dict(child.state_dict())
                setattr(module, name, new)
            else:
                cls.convert(child)
        return module

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        from torch.distributed.nn.functional import all_reduce

        over, shape = [axis for axis in range(x.dim()) if axis != 1], [1, -1] + [1] * (x.dim() - 2)
        count = torch.tensor(float(x.numel() // x.shape[1]), device=x.device)
        dist.all_reduce(count)
        mean = all_reduce(x.sum(over)) / count
        centred = x - mean.view(shape)
        var = all_reduce((centred * centred).sum(over)) / count
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(var * count / (count - 1), self.momentum)
        return centred * torch.rsqrt(var + self.eps).view(shape) * self.weight.view(shape) + self.bias.view(shape)


def weight_of(labels):
    """What images count for together in the mean loss."""
    if LABEL_WEIGHTS is None:
        return torch.tensor(float(len(labels)), device=labels.device)
    return torch.tensor([float(weight) for weight in LABEL_WEIGHTS], device=labels.device)[labels].sum()


def total(value):
    """The sum over all processes."""
    if dist.is_initialized():
        dist.all_reduce(value)
    return value`;

/** `followsTests`: the schedule is told of each test's loss, in every process. */
export const loopSource = (scheduled: string, followsTests: boolean): string => `def load_weights(path):
    """A state_dict of .safetensors, or of .pth, alone or in a checkpoint."""
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        return load_file(path)
    found = torch.load(path, map_location="cpu")
    return found["model"] if isinstance(found.get("model"), dict) else found


def test(model, images, labels):
    """In eval mode: the mean loss, the sum of the batches' means, as the report has it, and the accuracy."""
    model.eval()
    loss, means, weight, right = 0.0, 0.0, 0.0, 0
    with torch.no_grad():
        for x, t in zip(images.split(BATCH_SIZE), labels.split(BATCH_SIZE)):
            z = model(prepare(x))
            mean, counts = criterion(z, t).item(), weight_of(t).item()
            loss, means, weight = loss + mean * counts, means + mean, weight + counts
            right += (z.argmax(1) == t).sum().item()
    model.train()
    return {"test_loss": loss / weight, "test_loss_sum": means, "test_accuracy": right / len(labels)}


class Figures:
    """metrics.csv, and TensorBoard's files where it is installed; of the first process alone. Steps count from 1, as on the page."""

    def __init__(self, is_first, is_resumed):
        self.tensorboard = SummaryWriter() if is_first and SummaryWriter is not None else None
        self.file = open("metrics.csv", "a" if is_resumed else "w", newline="") if is_first else None
        self.rows, self.writer = [], None if self.file is None else csv.writer(self.file)
        if is_first and not is_resumed:
            self.writer.writerow(["step", "timestamp", *COLUMNS])

    def add(self, step, loss, accuracy, rate):
        """Kept as they are, since to read them waits for the device."""
        self.rows.append((step, time.time(), loss, accuracy, rate))
        if len(self.rows) == 100:
            self.flush()

    def flush(self, tested=()):
        """Writes them; the last step with what was tested after it."""
        rows, self.rows = self.rows, []
        if self.file is None:
            return
        for i, (step, seconds, loss, accuracy, rate) in enumerate(rows):
            values = {"train_loss": loss.item(), "train_accuracy": accuracy.item(), "learning_rate": rate}
            if i == len(rows) - 1:
                values.update(tested)
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}Z"
            self.writer.writerow([step, stamp, *(values.get(name, "") for name in COLUMNS)])
            if self.tensorboard is not None:
                for name, value in values.items():
                    self.tensorboard.add_scalar(name, value, step)
        self.file.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("data"))
    parser.add_argument("--weights", help="begin with these instead of fresh ones")
    parser.add_argument("--resume", help="a checkpoint of this program")
    parser.add_argument("--checkpoint", default="checkpoint.pt", help="where to keep one after each epoch")
    parser.add_argument("--check", nargs="?", type=int, const=20, metavar="STEPS", help="take all random numbers as Digit Lab does")
    options = parser.parse_args()

    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    on_gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if on_gpu else torch.device("cpu")
    if on_gpu:
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if on_gpu else "gloo")
        if BATCH_SIZE % world != 0:
            raise SystemExit(f"A batch of {BATCH_SIZE} cannot be shared by {world} processes.")
    if options.check is not None and on_gpu:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if world > 1 and rank > 0:
        dist.barrier()  # the first one fetches the data
    images, labels = (part[:TRAINING_IMAGES].to(device) for part in load(options.data, True))
    test_images, test_labels = (part.to(device) for part in load(options.data, False))
    if world > 1 and rank == 0:
        dist.barrier()

    torch.manual_seed(SEED)
    net = Net()
    initialise(net)
    net.to(device)
    if options.weights is not None:
        net.load_state_dict(load_weights(options.weights))
    parameters = list(net.parameters())
    optimizer = make_optimizer(parameters)
    # Factors of the learning rate, step by step.
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, ${scheduled})
    epoch = step = 0
    if options.resume is not None:
        kept = torch.load(options.resume, map_location=device)
        net.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        scheduler.load_state_dict(kept["scheduler"])
${
  followsTests
    ? `        plateau.load_state_dict(kept["plateau"])
        reduced.load_state_dict(kept["reduced"])
`
    : ''
}        epoch, step = kept["epoch"], kept["step"]
        torch.manual_seed(SEED + step)

    page = Page(rank, world, device) if options.check is not None else None
    if page is not None:
        page.take_over_dropout(net)
    if world > 1:
        net = SyncBatchNorm.convert(net)
        model = nn.parallel.DistributedDataParallel(net, device_ids=[device.index] if on_gpu else None)
        if page is None:
            torch.manual_seed(SEED + step + 7919 * rank)  # other dropout in each process
    else:
        model = net
    sampler = DistributedSampler(range(TRAINING_IMAGES), world, rank, shuffle=SHUFFLE, seed=SEED, drop_last=DROP_LAST)
    figures = Figures(rank == 0, options.resume is not None)

    def batches():
        """Of an epoch: which images this process takes, and how they are augmented."""
        if page is not None:
            for number in range(step, step + STEPS_PER_EPOCH):
                yield page.batch(number)
            return
        sampler.set_epoch(epoch)
        for index in torch.tensor(list(sampler)).split(BATCH_SIZE // world):
            if len(index) == BATCH_SIZE // world or not DROP_LAST:
                is_augmented = SHIFT or ROTATE or SCALE
                yield index, 2 * torch.rand(len(index), 4, device=device) - 1 if is_augmented else None

    while epoch < EPOCHS:
        for index, draws in batches():
            index = index.to(device)
            t = labels[index]
            z = model(prepare(images[index], draws))
            weight = weight_of(t)
            whole = total(weight.clone())
            # What a process without images gives is no number.
            loss = criterion(z, t) * weight / whole if len(t) > 0 else z.sum() * 0
            optimizer.zero_grad()
            # DistributedDataParallel takes the mean over the processes of what is to be a sum.
            (loss * world).backward()
            if CLIP_NORM is not None:
                nn.utils.clip_grad_norm_(parameters, CLIP_NORM)
            if CLIP_VALUE is not None:
                nn.utils.clip_grad_value_(parameters, CLIP_VALUE)
            rate = optimizer.param_groups[0]["lr"]
            optimizer.step()
            scheduler.step()
            seen = total(torch.stack([loss.detach(), (z.argmax(1) == t).sum().float(), torch.ones_like(loss) * len(t)]))
            step += 1
            figures.add(step, seen[0], seen[1] / seen[2], rate)
            if page is not None and rank == 0:
                print(f"{step} {seen[0].item():.9g}", flush=True)
            if step == options.check:
                return figures.flush()
        epoch += 1
${
  followsTests
    ? `        tested_loss = torch.zeros(1, dtype=torch.float64, device=device)
`
    : ''
}        if rank == 0${followsTests ? '' : ' and page is None'}:
            tested = test(net, test_images, test_labels)
${
  followsTests
    ? `            tested_loss += tested["test_loss"]
            plateau.step(tested["test_loss"])
            optimizer.param_groups[0]["lr"] = LEARNING_RATE * ${scheduled}(step)
`
    : ''
}            figures.flush(tested)
            if figures.tensorboard is not None:
                # As the report spells it.
                figures.tensorboard.add_scalar("test_accurary", tested["test_accuracy"], step)
            print(f"epoch {epoch}: test loss {tested['test_loss']:.4f}, accuracy {tested['test_accuracy']:.2%}", flush=True)
            state = {"model": net.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}
${
  followsTests
    ? `            state |= {"plateau": plateau.state_dict(), "reduced": reduced.state_dict()}
`
    : ''
}            torch.save({**state, "epoch": epoch, "step": step}, options.checkpoint)
        if world > 1:
            dist.barrier()
${
  followsTests
    ? `            dist.broadcast(tested_loss, 0)
            if rank > 0:
                plateau.step(tested_loss.item())
                optimizer.param_groups[0]["lr"] = LEARNING_RATE * ${scheduled}(step)
`
    : ''
}    figures.flush()


if __name__ == "__main__":
    main()`;

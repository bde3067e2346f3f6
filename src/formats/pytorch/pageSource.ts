/** The page's random numbers in Python, for `train.py --check`: model/random.ts, batchOrder.ts, augment.ts and the dropout masks. */
export const pageSource = `def hash32(x):
    """Of int64 tensors that hold uint32: Digit Lab's random numbers are this function of seed, purpose, step and place."""
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return x ^ (x >> 16)


def stream_key(purpose, counter, part=0):
    base = hash32(torch.tensor(SEED & 0xFFFFFFFF)) + purpose * 0x9E3779B9 + part * 0x85EBCA6B
    return hash32((hash32(base & 0xFFFFFFFF) + counter) & 0xFFFFFFFF)


def uniform(key, index):
    """From 0 to below 1, in steps of 2^-24."""
    return (hash32((hash32(index) + key) & 0xFFFFFFFF) >> 8) * 2.0**-24


def shuffled(index, epoch):
    """A permutation of the training images: a Feistel network, walked until it is inside."""
    half = 1
    while 4**half < TRAINING_IMAGES:
        half += 1
    mask, key = 2**half - 1, stream_key(2, epoch)
    index, walking = index.clone(), torch.ones(len(index), dtype=torch.bool)
    while walking.any():
        left, right = index[walking] >> half, index[walking] & mask
        for turn in range(8):
            mixed = hash32((hash32(right) + key + turn * 0x9E3779B9) & 0xFFFFFFFF) & mask
            left, right = right, left ^ mixed
        index[walking] = (left << half) | right
        walking = index >= TRAINING_IMAGES
    return index


class Page:
    """The batches of Digit Lab, of which each process takes a part."""

    def __init__(self, rank, world, device):
        self.rank, self.world, self.device = rank, world, device
        self.step, self.rows = 0, None

    def batch(self, step):
        """Which images this process takes, and how they are augmented."""
        epoch, at = divmod(step, STEPS_PER_EPOCH)
        places = torch.arange(at * BATCH_SIZE, min((at + 1) * BATCH_SIZE, TRAINING_IMAGES))
        index = shuffled(places, epoch) if SHUFFLE else places
        self.step, self.rows = step, torch.arange(len(index)).tensor_split(self.world)[self.rank]
        if not (SHIFT or ROTATE or SCALE):
            return index[self.rows], None
        draws = 2 * uniform(stream_key(4, step), 4 * self.rows[:, None] + torch.arange(4)) - 1
        return index[self.rows], draws.to(self.device)

    def take_over_dropout(self, net):
        for part, name in enumerate(DROPOUTS):
            owner, _, last = name.rpartition(".")
            setattr(net.get_submodule(owner), last, PageDropout(self, part, net.get_submodule(name)))


class PageDropout(nn.Module):
    """Dropout whose masks are Digit Lab's."""

    def __init__(self, page, part, layer):
        super().__init__()
        self.page, self.part, self.p, self.drops_channels = page, part, layer.p, isinstance(layer, nn.Dropout2d)

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        shape = x.shape[1:2] + (1, 1) if self.drops_channels else x.shape[1:]
        index = self.page.rows[:, None] * math.prod(shape) + torch.arange(math.prod(shape))
        kept = uniform(stream_key(3, self.page.step, self.part), index) >= self.p
        return x * (kept.to(x) / (1 - self.p)).view(len(x), *shape)`;

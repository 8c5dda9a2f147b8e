"""Times PyTorch on a processor: the encoder nature over a minibatch, forwards and backwards.

    python torch_nature.py THREADS [RUNS]     prints the median of the runs in GFLOP/s

Counts what the suite `images` of `speed` counts: multiply-adds forwards, for the weights and, but for the
first layer, for what it looks at. Images are floats in PyTorch's usual order, and with channels last.
"""

import statistics
import sys
import time

import torch
from torch import nn

threads, runs, rows = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5, 256
torch.set_num_threads(threads)
torch.manual_seed(1)
products = [20 * 20 * 32 * 256, 9 * 9 * 64 * 512, 7 * 7 * 64 * 576, 3136 * 512, 512 * 7]
operations = 2.0 * rows * (3 * sum(products) - products[0])


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(4, 32, 8, 4), nn.ReLU(), nn.Conv2d(32, 64, 4, 2), nn.ReLU(),
            nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(3136, 512), nn.ReLU())
        self.policy, self.value = nn.Linear(512, 6), nn.Linear(512, 1)

    def forward(self, images):
        features = self.encoder(images)
        return self.policy(features), self.value(features)


for name, layout in (("planes first", torch.contiguous_format), ("channels last", torch.channels_last)):
    network = Network().to(memory_format=layout)
    images = torch.rand(rows, 4, 84, 84).to(memory_format=layout)

    def once():
        network.zero_grad(set_to_none=False)
        policy, value = network(images)
        entropy = torch.distributions.Categorical(logits=policy).entropy()
        (value.square().mean() + entropy.mean()).backward()

    times = []
    for run in range(runs + 2):
        start = time.perf_counter()
        once()
        times.append(time.perf_counter() - start)
    print(f"PyTorch, {name}, {threads} threads: {operations / statistics.median(times[2:]) / 1e9:.1f} GFLOP/s")

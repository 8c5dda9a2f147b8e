#!/usr/bin/env python3
"""Writes convolutions.json beside this file, with PyTorch: convolutions, their values and gradients.

Made with Python 3.11 and PyTorch 2.13.0 on a processor, in double precision; inputs are numbers that
single precision holds exactly. Images and results are [images, height, width, channels], weights as
PyTorch has them, [out, in, height, width].
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(5)

#: Images [images, height, width, channels], outputs, size of the window, stride, padding.
CASES = [
    ([2, 7, 6, 3], 5, 3, 1, 0),
    ([1, 9, 9, 1], 17, 2, 3, 0),
    ([3, 4, 5, 2], 3, 1, 1, 0),
    ([2, 5, 5, 4], 16, 5, 1, 0),
    ([1, 12, 12, 4], 4, 8, 4, 0),
    ([1, 6, 7, 2], 3, 3, 2, 1),
]


def normal(*shape):
    return torch.randn(*shape, generator=generator).to(torch.float32).to(torch.float64)


def tensor(x):
    return {"shape": list(x.shape), "data": [round(n, 12) for n in x.detach().reshape(-1).tolist()]}


def case(shape, outputs, size, stride, padding):
    x = normal(*shape).requires_grad_()
    weight = normal(outputs, shape[3], size, size).requires_grad_()
    bias = normal(outputs).requires_grad_()
    y = F.conv2d(x.permute(0, 3, 1, 2), weight, bias, stride, padding).permute(0, 2, 3, 1)
    slope = normal(*y.shape)
    (y * slope).sum().backward()
    return {
        "stride": stride, "padding": padding, "inputs": [tensor(i) for i in (x, weight, bias)],
        "output": tensor(y), "output_gradient": tensor(slope),
        "gradients": [tensor(i.grad) for i in (x, weight, bias)],
    }


path = pathlib.Path(__file__).with_name("convolutions.json")
path.write_text(json.dumps([case(*c) for c in CASES]) + "\n")

"""Spaces as Gymnasium describes them, without sampling."""

import numpy as np


class Box:
    def __init__(self, low, high, shape=None, dtype="float32"):
        self.shape = tuple(shape) if shape is not None else (len(low),)
        size = np.prod(self.shape)
        self.low = low if isinstance(low, list) else [low] * size
        self.high = high if isinstance(high, list) else [high] * size
        self.dtype = dtype


class Discrete:
    def __init__(self, n, start=0):
        self.n, self.start, self.shape, self.dtype = n, start, (), "int64"


class MultiDiscrete:
    def __init__(self, nvec):
        self.nvec, self.shape, self.dtype = nvec, (len(nvec),), "int64"


class MultiBinary:
    def __init__(self, n):
        self.n, self.shape, self.dtype = n, (n,), "int8"


class Dict:
    def __init__(self, spaces):
        self.spaces = dict(spaces)


class Tuple:
    def __init__(self, spaces):
        self.spaces = tuple(spaces)


class Text:
    def __init__(self, max_length):
        self.max_length = max_length

    def __repr__(self):
        return f"Text({self.max_length})"

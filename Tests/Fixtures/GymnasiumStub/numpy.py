"""As much of NumPy as the worker of GymnasiumEnvironments needs, for tests where NumPy is missing."""

import array

__version__ = "stub"
CODES = {"float32": "f", "float64": "d", "uint8": "B", "int64": "q", "uint64": "Q", "int8": "b"}


def _size(shape):
    size = 1
    for extent in shape:
        size *= extent
    return size


def prod(numbers):
    return _size(numbers)


class ndarray:
    """Numbers in memory that may be shared: a flat view with a shape of one or two axes."""

    def __init__(self, view, shape, dtype):
        self.view, self.shape, self.dtype = view, tuple(shape), dtype

    def __len__(self):
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def _range(self, key):
        start, stop, _ = key.indices(self.shape[-1])
        return slice(start, stop)

    def __getitem__(self, key):
        if isinstance(key, tuple):  # [:, column]
            width = self.shape[1]
            return asarray([self.view[r * width + key[1]] for r in range(self.shape[0])], self.dtype)
        if isinstance(key, slice):
            part = self._range(key)
            return ndarray(self.view[part], (part.stop - part.start,), self.dtype)
        if len(self.shape) == 1:
            return self.view[key]
        width = self.shape[1]
        return ndarray(self.view[key * width : (key + 1) * width], (width,), self.dtype)

    def __setitem__(self, key, value):
        if len(self.shape) == 1:
            self.view[key] = _cast(value, self.dtype)
            return
        width = self.shape[1]
        row, part = key if isinstance(key, tuple) else (key, slice(0, width))
        start, stop, _ = part.indices(width)
        numbers = value.tolist() if isinstance(value, ndarray) else list(value)
        if len(numbers) != stop - start:
            raise ValueError(f"{len(numbers)} numbers do not fit {stop - start}")
        for index, number in enumerate(numbers):
            self.view[row * width + start + index] = _cast(number, self.dtype)

    def tolist(self):
        if len(self.shape) < 2:
            return list(self.view)
        width = self.shape[1]
        return [list(self.view[r * width : (r + 1) * width]) for r in range(self.shape[0])]

    def tobytes(self):
        return array.array(CODES[self.dtype], self.view).tobytes()

    def astype(self, dtype):
        return asarray(list(self.view), str(dtype)).reshape(self.shape)

    def reshape(self, shape):
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        known = _size(extent for extent in shape if extent != -1)
        shape = tuple(len(self.view) // known if extent == -1 else extent for extent in shape)
        return ndarray(self.view, shape, self.dtype)


def _cast(number, dtype):
    if dtype.startswith("float"):
        return float(number)
    return int(number) & 0xFF if dtype == "uint8" else int(number)


def frombuffer(memory, dtype, count=-1, offset=0):
    code = CODES[dtype]
    size = array.array(code).itemsize
    data = memoryview(memory)
    count = (len(data) - offset) // size if count < 0 else count
    return ndarray(data[offset : offset + count * size].cast(code), (count,), dtype)


def asarray(value, dtype=None):
    if isinstance(value, ndarray) and (dtype is None or str(dtype) == value.dtype):
        return value
    if isinstance(value, ndarray):
        return value.astype(dtype)
    shape, flat = [], value
    while isinstance(flat, (list, tuple)):
        shape.append(len(flat))
        if shape[-1] == 0 or not isinstance(flat[0], (list, tuple)):
            break
        flat = [number for part in flat for number in part]
        shape = shape[:-1] + [shape[-1]] if len(shape) == 1 else shape
    if not isinstance(value, (list, tuple)):
        flat, shape = [value], []
    if len(shape) > 1:
        inner, shape = value[0], [len(value)]
        while isinstance(inner, (list, tuple)):
            shape.append(len(inner))
            inner = inner[0]
    dtype = str(dtype) if dtype else "float64"
    return ndarray(array.array(CODES[dtype], [_cast(n, dtype) for n in flat]), shape, dtype)


def rint(numbers):
    return asarray([round(n) for n in numbers.view], numbers.dtype).reshape(numbers.shape)


def clip(numbers, low, high):
    bounds = zip(numbers.view, asarray(low).view, asarray(high).view)
    return asarray([min(max(n, l), h) for n, l, h in bounds], numbers.dtype).reshape(numbers.shape)

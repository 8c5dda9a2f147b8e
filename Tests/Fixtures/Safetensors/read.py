"""Prints what Python's safetensors finds in a file: its metadata, and shapes, kinds and sums of its arrays.

    python3 read.py FILE
"""
import json
import sys

import numpy
from safetensors import safe_open

with safe_open(sys.argv[1], framework="numpy") as file:
    arrays = {name: file.get_tensor(name) for name in file.keys()}
    print(json.dumps({
        "metadata": file.metadata(),
        "arrays": {name: {"shape": list(a.shape), "kind": str(a.dtype),
                          "sum": float(numpy.sum(a, dtype=numpy.float64))} for name, a in arrays.items()},
    }))

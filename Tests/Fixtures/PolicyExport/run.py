"""Checks exported policies with onnx, and runs them with ONNX Runtime.

Usage: run.py FOLDER

For each NAME.onnx in the folder, NAME.json tells which inputs there are and how many numbers each has,
and in NAME.INPUT lie these numbers, row by row, in single precision. Each output is written to
NAME.OUTPUT in single precision. A policy with memory is run row by row; `first` holds 1 where an
episode begins. What the same graph gives in double precision, by onnx's reference implementation, is
written to NAME.OUTPUT.exact. Prints for each model what it tells about itself.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnx.reference
import onnxruntime

onnxruntime.set_default_logger_severity(3)


def feeds(session, arrays):
    types = {"tensor(float)": numpy.float32, "tensor(bool)": numpy.bool_}
    return {
        port.name: arrays[port.name].astype(types[port.type])
        for port in session.get_inputs()
        if port.name in arrays
    }


def run(session, arrays, first):
    names = [port.name for port in session.get_outputs()]
    inputs = feeds(session, arrays)
    memory = next((port for port in session.get_inputs() if port.name == "memory"), None)
    if memory is None:
        return dict(zip(names, session.run(names, inputs)))
    rows = []
    for row, begins in enumerate(first):
        if begins:
            state = numpy.zeros((1, memory.shape[1]), numpy.float32)
        some = {name: array[row : row + 1] for name, array in inputs.items()}
        rows.append(dict(zip(names, session.run(names, some | {"memory": state}))))
        state = rows[-1]["next_memory"]
    return {name: numpy.concatenate([row[name] for row in rows]) for name in names}


def doubled(model):
    """The same graph with numbers of double precision."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for tensor in copy.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            array = onnx.numpy_helper.to_array(tensor).astype(numpy.float64)
            tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
    for node in copy.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.i == onnx.TensorProto.FLOAT:
                attribute.i = onnx.TensorProto.DOUBLE
    return onnx.reference.ReferenceEvaluator(copy)


def exact(model, arrays, first):
    """The outputs in double precision: episodes of equal length side by side, step by step."""
    evaluator = doubled(model)
    names = evaluator.output_names
    kinds = {port.name: port.type.tensor_type.elem_type for port in model.graph.input}
    inputs = {
        name: array.astype(numpy.float64 if kinds[name] == onnx.TensorProto.FLOAT else numpy.bool_)
        for name, array in arrays.items()
    }
    memory = next((port for port in model.graph.input if port.name == "memory"), None)
    if memory is None:
        return dict(zip(names, evaluator.run(None, inputs)))
    starts = numpy.flatnonzero(first)
    length = len(first) // len(starts)
    assert (starts == numpy.arange(len(starts)) * length).all()
    state = numpy.zeros((len(starts), memory.type.tensor_type.shape.dim[1].dim_value))
    steps = []
    for step in range(length):
        some = {name: array[step::length] for name, array in inputs.items()}
        steps.append(dict(zip(names, evaluator.run(None, some | {"memory": state}))))
        state = steps[-1]["next_memory"]
    return {
        name: numpy.stack([step[name] for step in steps], axis=1).reshape(
            len(first), *steps[0][name].shape[1:]
        )
        for name in names
    }


def check(path):
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path))
    widths = json.loads(path.with_suffix(".json").read_text())
    arrays = {
        name: numpy.fromfile(path.with_suffix("." + name), numpy.float32).reshape(-1, width)
        for name, width in widths.items()
    }
    first = arrays.pop("first")[:, 0]
    outputs = run(session, arrays, first)
    for name, array in outputs.items():
        array.astype(numpy.float32).tofile(path.with_suffix("." + name))
    for name, array in exact(model, arrays, first).items():
        array.astype(numpy.float64).tofile(path.with_suffix(f".{name}.exact"))
    # Any number of rows gives the same.
    if "next_memory" not in outputs:
        some = {name: array[:3] for name, array in arrays.items()}
        for name, array in run(session, some, first[:3]).items():
            numpy.testing.assert_allclose(array, outputs[name][:3], rtol=1e-6, atol=1e-7)
    return {
        "properties": {entry.key: entry.value for entry in model.metadata_props},
        "inputs": [port.name for port in session.get_inputs()],
        "outputs": [port.name for port in session.get_outputs()],
    }


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    print(json.dumps({path.stem: check(path) for path in sorted(folder.glob("*.onnx"))}))

"""Reads a run's folder with TensorBoard's own reader and prints what it finds as JSON.

Usage: python3 read.py FOLDER. Exits with status 3 if TensorBoard is not installed.
"""

import json
import sys

try:
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.plugins.hparams import plugin_data_pb2
except ImportError:
    sys.exit(3)


def value(message):
    """The content of a google.protobuf.Value."""
    return getattr(message, message.WhichOneof("kind"))


def session(accumulator, tag):
    """The content of the plugin data of a tag, or None."""
    try:
        content = accumulator.SummaryMetadata("_hparams_/" + tag).plugin_data.content
    except KeyError:
        return None
    return plugin_data_pb2.HParamsPluginData.FromString(content)


accumulator = event_accumulator.EventAccumulator(
    sys.argv[1], size_guidance={"scalars": 0, "histograms": 0})
accumulator.Reload()
start = session(accumulator, "session_start_info")
end = session(accumulator, "session_end_info")
print(json.dumps({
    "scalars": {
        tag: [[event.step, event.value] for event in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    },
    "histograms": {
        tag: [
            {
                "step": event.step,
                "minimum": event.histogram_value.min,
                "maximum": event.histogram_value.max,
                "count": event.histogram_value.num,
                "sum": event.histogram_value.sum,
                "squares": event.histogram_value.sum_squares,
                "limits": list(event.histogram_value.bucket_limit),
                "counts": list(event.histogram_value.bucket),
            }
            for event in accumulator.Histograms(tag)
        ]
        for tag in accumulator.Tags()["histograms"]
    },
    "settings": {
        key: value(entry) for key, entry in start.session_start_info.hparams.items()
    } if start else None,
    "name": start.session_start_info.group_name if start else None,
    "ended": end.session_end_info.status == 1 if end else False,
}))

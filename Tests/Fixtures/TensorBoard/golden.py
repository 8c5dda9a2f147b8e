"""Writes golden.json: records of TensorBoard's files as TensorBoard's own code makes them.

Usage: python3 golden.py > golden.json, with the package tensorboard installed.
"""

import io
import json

from tensorboard.compat.proto import event_pb2, histogram_pb2, summary_pb2
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


class Memory(io.BytesIO):
    def close(self):
        pass


def record(event):
    """The bytes of an event in a file, in hexadecimal."""
    memory = Memory()
    RecordWriter(memory).write(event.SerializeToString())
    return memory.getvalue().hex()


def summary(value, step):
    return event_pb2.Event(
        wall_time=1700000000.25, step=step, summary=summary_pb2.Summary(value=[value]))


def session(tag, content):
    return summary(summary_pb2.Summary.Value(
        tag="_hparams_/" + tag, metadata=summary_pb2.SummaryMetadata(
            plugin_data=summary_pb2.SummaryMetadata.PluginData(
                plugin_name="hparams", content=content.SerializeToString()))), 0)


scalars = event_pb2.Event(wall_time=1700000000.25, step=300, summary=summary_pb2.Summary(value=[
    summary_pb2.Summary.Value(tag="charts/SPS", simple_value=1.5),
    summary_pb2.Summary.Value(tag="losses/policy_loss", simple_value=-0.0078125),
]))
restart = event_pb2.Event(
    wall_time=1700000000.25, step=301,
    session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))
histogram = histogram_pb2.HistogramProto(
    min=-1, max=29, num=4, sum=31, sum_squares=1 + 9 + 841 + 0,
    bucket_limit=[float(i) for i in range(30)],
    bucket=[1, 1, 0, 0, 1] + [0] * 24 + [1])
start = plugin_data_pb2.SessionStartInfo(group_name="run", start_time_secs=1700000000.25)
start.hparams["anneal-lr"].bool_value = False
golden = {
    "version": record(event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2")),
    "scalars": record(scalars),
    "restart": record(restart),
    "histogram": record(summary(summary_pb2.Summary.Value(tag="rollout/advantages", histo=histogram), 300)),
    "settings": record(session("session_start_info", plugin_data_pb2.HParamsPluginData(
        session_start_info=start))),
    "end": record(session("session_end_info", plugin_data_pb2.HParamsPluginData(
        session_end_info=plugin_data_pb2.SessionEndInfo(
            status=api_pb2.STATUS_SUCCESS, end_time_secs=1700000000.25)))),
}
print(json.dumps(golden, indent=2))

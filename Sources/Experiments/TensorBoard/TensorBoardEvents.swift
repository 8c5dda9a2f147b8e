import Foundation
import StoredFiles

/// The events that TensorBoard reads, as encoded messages.
///
/// Source of the numbers of the fields: `event.proto`, `summary.proto` and `histogram.proto` of
/// TensorFlow, `plugin_data.proto` and `api.proto` of TensorBoard's plugin `hparams`.
enum TensorBoardEvents {
  /// The first event of every file.
  static func version(at time: Double) -> [UInt8] {
    var event = beginning(time, step: 0)
    event.add(3, "brain.Event:2")
    return event.bytes
  }

  /// Says that a run goes on: readers forget what they have seen from `step` on.
  static func restart(at time: Double, step: Int) -> [UInt8] {
    var session = ProtocolMessage()
    session.add(1, whole: 1)
    var event = beginning(time, step: step)
    event.add(7, session)
    return event.bytes
  }

  /// A histogram under its name.
  static func histogram(
    _ histogram: Histogram, tag: String, at time: Double, step: Int
  ) -> [UInt8] {
    var value = ProtocolMessage()
    value.add(1, tag)
    value.add(5, histogram.message)
    return summary(value, at: time, step: step)
  }

  /// The settings of a run, for the tab of hyperparameters.
  static func settings(
    _ settings: [String: SettingValue], name: String, at time: Double
  ) -> [UInt8] {
    var session = ProtocolMessage()
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      var entry = ProtocolMessage()
      entry.add(1, key)
      entry.add(2, message(of: value))
      session.add(1, entry)
    }
    session.add(4, name)
    session.add(5, time)
    return hyperparameters("session_start_info", field: 3, session, at: time)
  }

  /// Says that a run has ended well.
  static func end(at time: Double) -> [UInt8] {
    var session = ProtocolMessage()
    session.add(1, whole: 1)
    session.add(2, time)
    return hyperparameters("session_end_info", field: 4, session, at: time)
  }

  // MARK: Parts

  /// An event with its time and step.
  private static func beginning(_ time: Double, step: Int) -> ProtocolMessage {
    var event = ProtocolMessage()
    event.add(1, time)
    event.add(2, whole: step)
    return event
  }

  private static func summary(
    _ value: ProtocolMessage, at time: Double, step: Int
  ) -> [UInt8] {
    var summary = ProtocolMessage()
    summary.add(1, value)
    var event = beginning(time, step: step)
    event.add(5, summary)
    return event.bytes
  }

  /// A value of the plugin `hparams`; all it holds is in its metadata.
  private static func hyperparameters(
    _ tag: String, field: Int, _ session: ProtocolMessage, at time: Double
  ) -> [UInt8] {
    var content = ProtocolMessage()
    content.add(field, session)
    var plugin = ProtocolMessage()
    plugin.add(1, "hparams")
    plugin.add(2, content)
    var metadata = ProtocolMessage()
    metadata.add(1, plugin)
    var value = ProtocolMessage()
    value.add(1, "_hparams_/" + tag)
    value.add(9, metadata)
    return summary(value, at: time, step: 0)
  }

  /// A value as `google.protobuf.Value`.
  private static func message(of value: SettingValue) -> ProtocolMessage {
    var message = ProtocolMessage()
    switch value {
    case .number(let number): message.add(2, number)
    case .flag(let flag): message.add(4, alternative: flag)
    case .text, .list, .none: message.add(3, value.description)
    }
    return message
  }
}

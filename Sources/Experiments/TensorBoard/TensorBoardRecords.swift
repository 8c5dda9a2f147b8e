import Drawing
import Foundation
import PolicyOptimization
import StoredFiles

/// Writes `events.out.tfevents.*` for TensorBoard: the numbers of `progress.csv` under the same
/// names, histograms, and the settings for the tab of hyperparameters.
package final class TensorBoardRecords {
  private let file: EventFile
  private let time: () -> Double
  /// All that stands before each number in an event: it never changes.
  private let prefixes: [[UInt8]]
  private var summary: [UInt8] = []
  private var event: [UInt8] = []

  /// Starts a file in a run's folder.
  ///
  /// - Parameters:
  ///   - folder: The folder of the run.
  ///   - opened: The same folder, if it is held open.
  ///   - scalars: The names of the numbers.
  ///   - configuration: The settings of the run.
  ///   - timestep: The step that a run goes on from, 0 for a new one. Readers drop what older files
  ///     are about later steps, which the run will repeat.
  ///   - time: The seconds since 1970.
  /// - Throws: If the file cannot be made.
  package init(
    folder: RunFolder, opened: OpenedFolder? = nil, scalars: ProgressScalars,
    configuration: RunConfiguration,
    continuingAt timestep: Int = 0, time: @escaping () -> Double = { Date().timeIntervalSince1970 }
  ) throws {
    self.time = time
    prefixes = scalars.names.map(Self.prefix)
    let now = time()
    let opened = try opened ?? OpenedFolder(folder.url)
    let older = try Self.numbers(in: opened)
    file = try EventFile(Self.newName(at: now, after: older), in: opened)
    file.add(TensorBoardEvents.version(at: now))
    if !older.isEmpty { file.add(TensorBoardEvents.restart(at: now, step: timestep + 1)) }
    let settings = try SettingValue.settings(JSONEncoder().encode(configuration))
    file.add(
      TensorBoardEvents.settings(settings, name: folder.url.lastPathComponent, at: now))
  }

  /// Adds the numbers of an update, in one event; those that are not finite are left out.
  package func add(_ values: [Double], step: Int) {
    summary.removeAll(keepingCapacity: true)
    // The first number is the step itself.
    for (prefix, value) in zip(prefixes, values).dropFirst() where value.isFinite {
      summary += prefix
      withUnsafeBytes(of: Float(value).bitPattern.littleEndian) {
        summary.append(contentsOf: $0)
      }
    }
    event.removeAll(keepingCapacity: true)
    event.append(0x09)
    withUnsafeBytes(of: time().bitPattern.littleEndian) { event.append(contentsOf: $0) }
    event.append(0x10)
    ProtocolMessage.append(UInt64(step), to: &event)
    event.append(0x2A)
    ProtocolMessage.append(UInt64(summary.count), to: &event)
    event += summary
    file.add(event)
  }

  /// Adds a histogram; one of no finite number is left out.
  package func addHistogram(_ tag: String, of numbers: Span<Float>, step: Int) {
    let histogram = Histogram(of: numbers)
    if histogram.isEmpty { return }
    file.add(TensorBoardEvents.histogram(histogram, tag: tag, at: time(), step: step))
  }

  /// Hands what was added to the system.
  package func flush() { file.flush() }

  /// Ends the file.
  ///
  /// - Parameter isComplete: Whether the run has come to its end.
  /// - Throws: `WritingError` if not all of it could be written.
  package func close(isComplete: Bool) throws {
    if isComplete { file.add(TensorBoardEvents.end(at: time())) }
    try file.close()
  }

  /// Field 1 of a summary: a value with its tag, up to the four bytes of its number.
  private static func prefix(_ tag: String) -> [UInt8] {
    var value = ProtocolMessage()
    value.add(1, tag)
    value.add(2, Float(0))
    var summary = ProtocolMessage()
    summary.add(1, value)
    return summary.bytes.dropLast(4)
  }

  private static let nameStart = "events.out.tfevents."

  /// The numbers in the names of the folder's files for TensorBoard.
  private static func numbers(in folder: OpenedFolder) throws -> [Int] {
    try folder.names()
      .filter { $0.hasPrefix(nameStart) }
      .compactMap { Int($0.dropFirst(nameStart.count).prefix { $0.isNumber }) }
      .filter { $0 < 1_000_000_000_000 }
  }

  /// A name that sorts behind those of all older files: readers take them in order.
  private static func newName(at time: Double, after older: [Int]) -> String {
    let digits = String(
      max(Int(time, within: 0...999_999_999_999, rounded: .down), (older.max() ?? 0) + 1))
    let padding = String(repeating: "0", count: max(0, 10 - digits.count))
    return "\(nameStart)\(padding)\(digits).ppo"
  }
}

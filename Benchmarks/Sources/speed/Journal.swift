import Foundation
import TensorCore

/// Repeats what is to be measured, prints the median and adds a line to a file.
struct Journal {
  let runs: Int
  private let file: URL

  init(file: String, runs: Int) throws {
    self.runs = runs
    self.file = URL(fileURLWithPath: file)
    try FileManager.default.createDirectory(
      at: self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
    if !FileManager.default.fileExists(atPath: file) { try Data().write(to: self.file) }
  }

  /// Measures once to warm up, then so often as it counts.
  ///
  /// - Parameters:
  ///   - name: What is measured.
  ///   - setting: In which setting.
  ///   - unit: Of the numbers.
  ///   - threads: How many threads it uses.
  ///   - runs: How many count, if not as many as usual.
  ///   - body: One measurement: the number, and what part of the processor's peak that is, if it is
  ///     arithmetic. It is given the number of the run; the one to warm up is 0.
  /// - Returns: What came out.
  /// - Throws: What the body throws, and errors of writing.
  @discardableResult
  func measure(
    _ name: String, setting: String = "", unit: String, threads: Int = 1,
    runs: Int? = nil,
    _ body: (_ run: Int) throws -> (value: Double, partOfPeak: Double?)
  ) throws -> Measurement {
    _ = try body(0)
    let load = OtherLoad()
    let values = try (1...(runs ?? self.runs)).map(body)
    let measurement = Measurement(
      name: name, setting: setting, unit: unit, threads: threads, level: KernelLevel.active,
      processor: Machine.processor, value: Spread(values.map(\.value)),
      partOfPeak: values[0].partOfPeak == nil ? nil : Spread(values.compactMap(\.partOfPeak)),
      otherLoad: load.cores)
    print(measurement.text)
    fflush(nil)
    try add(measurement)
    return measurement
  }

  private func add(_ measurement: Measurement) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = .sortedKeys
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: encoder.encode(measurement) + Data("\n".utf8))
    try handle.close()
  }
}

/// What came out of some runs.
struct Measurement: Encodable {
  let name: String
  let setting: String
  let unit: String
  let threads: Int
  let level: String
  let processor: String
  let value: Spread
  let partOfPeak: Spread?
  /// How many cores other programs kept busy meanwhile; above 0.3 the machine was not quiet.
  let otherLoad: Double

  var text: String {
    let peak = partOfPeak.map { String(format: "  %.0f %% of peak", 100 * $0.median) } ?? ""
    let busy = otherLoad > 0.3 ? String(format: "  (others kept %.1f cores busy)", otherLoad) : ""
    return "\(name), \(setting), \(threads) threads: \(value.text) \(unit)\(peak)\(busy)"
  }
}

/// A median with what lies around it.
struct Spread: Encodable {
  let median: Double
  let lowest: Double
  let highest: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    median = sorted[sorted.count / 2]
    lowest = sorted[0]
    highest = sorted[sorted.count - 1]
  }

  var text: String { "\(number(median)) (\(number(lowest)) to \(number(highest)))" }

  /// Four significant digits.
  private func number(_ value: Double) -> String {
    switch abs(value) {
    case 10_000...: value.formatted(.number.precision(.fractionLength(0)))
    default: value.formatted(.number.precision(.significantDigits(3)))
    }
  }
}

import Foundation
import PolicyOptimization
import StoredFiles

/// A run's folder that was read back: what was trained, and how it went.
public struct RunRecord: Sendable {
  /// The name of the folder.
  public let name: String
  /// What `config.json` says, each value under its key.
  public let settings: [String: SettingValue]
  /// The rows of `progress.csv`.
  public let progress: ProgressRecord

  /// Reads a folder.
  ///
  /// - Throws: ``RecordError`` in a sentence.
  public init(_ folder: RunFolder) throws(RecordError) {
    name = folder.url.lastPathComponent
    do {
      settings = try Self.settings(
        fileContents(of: folder.configuration, atMost: RunConfiguration.largestFile))
    } catch {
      throw RecordError(
        "There is no readable \(folder.configuration.relativePath) (\(error)); give the folder of a run that "
          + "a training has written.")
    }
    progress = try ProgressRecord(contentsOf: folder.progress)
  }

  /// The settings as this version writes them, so that runs of older versions, which write some
  /// otherwise or not at all, are not taken for others.
  private static func settings(_ content: Data) throws -> [String: SettingValue] {
    let settings = try SettingValue.settings(content)
    guard let configuration = try? JSONDecoder().decode(RunConfiguration.self, from: content) else {
      return settings
    }
    let current = try SettingValue.settings(JSONEncoder().encode(configuration))
    return settings.merging(current) { $1 }
  }

  init(name: String, settings: [String: SettingValue], progress: ProgressRecord) {
    self.name = name
    self.settings = settings
    self.progress = progress
  }

  /// The name of the environment.
  public var environment: String { settings["env"].map(\.description) ?? "" }

  /// The names of the loss terms.
  var termNames: [String] {
    let prefix = "balance/weight/"
    return progress.columns.filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
  }

  /// The points of a column where it has a number, from left to right.
  func points(of column: String, along axis: LearningCurves.Horizontal) -> [CurvePoint] {
    guard let ys = progress[column], let xs = places(along: axis) else { return [] }
    return zip(xs, ys).filter { $0.0.isFinite && $0.1.isFinite }.map { CurvePoint(x: $0, y: $1) }
  }

  /// Where the run ends, `nil` if nothing was recorded.
  func end(along axis: LearningCurves.Horizontal) -> Double? {
    places(along: axis)?.filter(\.isFinite).max()
  }

  private func places(along axis: LearningCurves.Horizontal) -> [Double]? {
    let steps = progress.steps.map(Double.init)
    if axis == .steps { return steps }
    return progress[ProgressScalars.secondsName]
  }
}

/// A point of one run's curve.
struct CurvePoint: Hashable {
  var x: Double
  var y: Double
}

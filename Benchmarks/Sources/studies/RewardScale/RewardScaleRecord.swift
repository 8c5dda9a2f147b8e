import Foundation
import PolicyOptimization
import Synchronization

/// The finished runs of a sweep, in a CSV file to which each is added as it ends, so that a sweep
/// that is interrupted goes on where it was.
final class RewardScaleRecord: Sendable {
  private static let headings = [
    "environment", "target", "clip", "balancer", "reward_scale", "seed", "mean_return",
    "seconds", "failed", "settings",
  ]

  private struct Content {
    var results: [RewardScaleRun: RewardScaleRun.Result] = [:]
    var file: FileHandle
  }

  private let content: Mutex<Content>

  /// Reads what is there, or begins a file.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - runs: The runs that are wanted, each with how it is trained; one that was trained in
  ///     another way before does not count.
  /// - Throws: If the file cannot be read or made.
  init(_ url: URL, of runs: [RewardScaleRun: Hyperparameters]) throws {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    if !FileManager.default.fileExists(atPath: url.path) {
      try Data((Self.headings.joined(separator: ",") + "\n").utf8).write(to: url)
    }
    let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    var content = Content(file: try FileHandle(forUpdating: url))
    for line in text.split(separator: "\n").dropFirst() {
      guard let (run, result, settings) = Self.parse(line), let wanted = runs[run],
        settings == Self.fingerprint(of: wanted)
      else { continue }
      content.results[run] = result
    }
    try content.file.seekToEnd()
    // A line that was cut off must not run into the next one.
    if !text.hasSuffix("\n") { try content.file.write(contentsOf: Data("\n".utf8)) }
    self.content = Mutex(content)
  }

  /// How a run ended, `nil` if it was not made yet.
  subscript(run: RewardScaleRun) -> RewardScaleRun.Result? {
    content.withLock { $0.results[run] }
  }

  /// How many runs have ended.
  var count: Int { content.withLock { $0.results.count } }

  /// Adds a run, in memory and in the file.
  func add(
    _ result: RewardScaleRun.Result, of run: RewardScaleRun, _ hyperparameters: Hyperparameters
  ) throws {
    let cells = [
      run.setting.environment, run.setting.target.rawValue, run.setting.clips ? "0.5" : "off",
      run.balancer, "\(run.scale)", "\(run.seed)", "\(result.meanReturn)",
      result.seconds.digits(3), result.failed ? "1" : "0", Self.fingerprint(of: hyperparameters),
    ]
    try content.withLock { content in
      content.results[run] = result
      try content.file.write(contentsOf: Data((cells.joined(separator: ",") + "\n").utf8))
    }
  }

  private static func parse(
    _ line: Substring
  ) -> (RewardScaleRun, RewardScaleRun.Result, settings: String)? {
    let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard cells.count == headings.count, let target = TargetScale(rawValue: cells[1]),
      let scale = Double(cells[4]), let seed = Int(cells[5]), let meanReturn = Double(cells[6]),
      let seconds = Double(cells[7])
    else { return nil }
    let setting = RewardScaleSetting(
      environment: cells[0], target: target, clips: cells[2] == "0.5")
    let run = RewardScaleRun(setting: setting, balancer: cells[3], scale: scale, seed: seed)
    let result = RewardScaleRun.Result(
      meanReturn: meanReturn, seconds: seconds, failed: cells[8] == "1")
    return (run, result, cells[9])
  }

  /// A short name of all hyperparameters: the FNV-1a hash of their JSON.
  private static func fingerprint(of hyperparameters: Hyperparameters) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = (try? encoder.encode(hyperparameters)) ?? Data()
    let hash = text.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }
}

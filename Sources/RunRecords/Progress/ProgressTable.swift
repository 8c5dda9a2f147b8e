import Foundation
import LossBalancing
import PolicyOptimization

/// Writes `progress.csv`: a row for each update, under CleanRL's names where one exists.
///
/// A cell is empty where there is nothing to tell: no episode has finished, or the balancer did not
/// need to know the gradients.
public final class ProgressTable {
  private let file: FileHandle
  private var failure: (any Error)?
  private var rows: [UInt8] = []
  private let clock = ContinuousClock()
  private var lastFlush = ContinuousClock.now

  /// Starts a table.
  ///
  /// - Parameters:
  ///   - url: Where to; a file of that name is overwritten.
  ///   - termNames: The names of the loss terms.
  /// - Throws: If the file cannot be made.
  public init(url: URL, termNames: [String]) throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CocoaError(.fileWriteNoPermission)
    }
    file = try FileHandle(forWritingTo: url)
    let columns =
      [
        "global_step", "charts/episodic_return", "charts/episodic_length", "charts/episodes",
        "charts/learning_rate", "charts/SPS", "losses/policy_loss", "losses/value_loss",
        "losses/entropy", "losses/approx_kl", "losses/clipfrac", "losses/explained_variance",
        "losses/gradient_norm",
      ]
      + ["weight", "gradient_norm", "share"].flatMap { quantity in
        termNames.map { "balance/\(quantity)/\($0)" }
      }
    append(columns.joined(separator: ","))
  }

  /// Goes on with the table of a run that was interrupted.
  ///
  /// - Parameters:
  ///   - url: The table; one is started if there is none.
  ///   - timestep: Where the run goes on; rows of later steps, and a last one that was not finished,
  ///     are removed.
  ///   - termNames: The names of the loss terms.
  /// - Throws: If the file cannot be read or written.
  public convenience init(continuing url: URL, at timestep: Int, termNames: [String]) throws {
    let old = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    var lines = old.components(separatedBy: "\n").dropLast()
    lines.removeAll { line in
      line.split(separator: ",").first.flatMap { Int($0) }.map { $0 > timestep } ?? false
    }
    try self.init(url: url, termNames: termNames)
    if !lines.isEmpty { rows = Array((lines.joined(separator: "\n") + "\n").utf8) }
    flush()
  }

  /// Adds the row of an update.
  ///
  /// - Parameters:
  ///   - report: What the update has shown.
  ///   - stepsPerSecond: How fast the run has been so far.
  public func add(_ report: UpdateReport, stepsPerSecond: Double) {
    var cells: [Double?] = [
      Double(report.timestep), report.meanReturn, report.meanLength, Double(report.episodeCount),
      report.learningRate, stepsPerSecond.rounded(), report.policyLoss, report.valueLoss,
      report.entropy, report.approximateDivergence, report.clipFraction,
      report.explainedVariance, report.gradientNorm,
    ]
    cells += report.weights.map { $0 }
    cells += report.balance.gradientNorms.map { $0 }
    cells += report.balance.shares.map { $0 }
    append(cells.map(Self.text).joined(separator: ","))
    if clock.now - lastFlush > .seconds(1) { flush() }
  }

  /// Hands what was added to the system; so does ``add(_:stepsPerSecond:)`` every second.
  ///
  /// What cannot be written is kept, and ``close()`` tells.
  public func flush() {
    lastFlush = clock.now
    do {
      try file.write(contentsOf: rows)
      rows.removeAll(keepingCapacity: true)
    } catch {
      failure = error
    }
  }

  /// Ends the table.
  ///
  /// - Throws: `WritingError` if not all of it could be written.
  public func close() throws {
    flush()
    try? file.close()
    if let failure {
      throw WritingError(
        description: "progress.csv is not complete (\(failure.localizedDescription)).")
    }
  }

  private func append(_ line: String) {
    rows.append(contentsOf: line.utf8)
    rows.append(UInt8(ascii: "\n"))
  }

  private static func text(_ number: Double?) -> String {
    guard let number, !number.isNaN else { return "" }
    return number == number.rounded() && abs(number) < 1e15
      ? String(Int(number)) : String(Float(number))
  }
}

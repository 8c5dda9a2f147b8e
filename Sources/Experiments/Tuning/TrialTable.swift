import Foundation
import PolicyOptimization
import StoredFiles

/// `trials.csv`: one row for each trial, written as soon as it has ended.
///
/// Columns: the trial's candidate, stage and seed; how it ended; its score, returns, steps and seconds; its
/// learning curve at each tenth; its sentence if it failed; then the coordinates and the values of
/// everything that is searched.
public final class TrialTable {
  private let file: AppendingFile
  private let found: [TrialKey: StoredTrial]
  private let name: String

  /// The seconds of the search at the last row that was read.
  let elapsed: Double
  /// Whether rows of later rounds were read.
  let isBeyondBreadth: Bool
  /// How many candidates were read.
  let candidateCount: Int

  /// Begins a table, or goes on with the one that is there.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - folder: Its folder.
  ///   - space: What is searched.
  /// - Throws: ``TuningError`` if what is there is another table, `WritingError`.
  package init(_ name: String, in folder: OpenedFolder, space: SearchSpace) throws {
    self.name = name
    let header = Self.columns(of: space)
    var text = Self.line(header)
    var found: [TrialKey: StoredTrial] = [:]
    var elapsed = 0.0
    if folder.contains(name) {
      let content = try folder.contents(of: name, atMost: 1 << 30)
      let rows = Self.rows(of: String(decoding: content, as: UTF8.self))
      guard rows.first ?? header == header else {
        throw TuningError(
          description: """
            \(name) has other columns than this search; give another folder with --output.
            """)
      }
      for row in rows.dropFirst() {
        guard let trial = StoredTrial(row, of: space) else { continue }
        found[trial.key] = trial
        elapsed = max(elapsed, trial.elapsed)
        text += Self.line(row)
      }
    }
    self.found = found
    self.elapsed = elapsed
    isBeyondBreadth = found.keys.contains { $0.stage != .breadth }
    candidateCount = found.keys.count { $0.stage == .breadth }
    file = try AppendingFile(name, in: folder, beginningWith: Data(text.utf8))
  }

  /// The outcome of a trial that is in the table, `nil` if it is not.
  ///
  /// - Throws: ``TuningError`` if it is there with other hyperparameters.
  func outcome(of request: TrialRequest, in space: SearchSpace) throws -> TrialOutcome? {
    guard let trial = found[request.key] else { return nil }
    for (dimension, text) in zip(space.dimensions, trial.values) {
      let value = Hyperparameters.description(named: dimension.name)?.value(
        in: request.hyperparameters)
      if let value, value.description != text {
        throw TuningError(
          description: """
            Candidate \(request.candidate) in \(name) has \(dimension.name) \(text), and this program \
            proposes \(value); begin a new search with --output.
            """)
      }
    }
    return trial.outcome
  }

  /// The coordinates of a candidate that is in the table.
  package func point(of candidate: Int, seed: UInt64) -> [Double]? {
    found[TrialKey(candidate: candidate, stage: .breadth, seed: seed)]?.point
  }

  /// Adds a trial.
  func add(
    _ request: TrialRequest, _ outcome: TrialOutcome, point: [Double], space: SearchSpace,
    elapsed: Double
  ) throws {
    func cell(_ number: (some CustomStringConvertible)?) -> String { number?.description ?? "" }
    var cells = ["\(request.candidate)", request.stage.rawValue, "\(request.seed)"]
    cells += [outcome.status.rawValue, cell(outcome.score), cell(outcome.meanReturn)]
    cells += [cell(outcome.solvedAt), "\(outcome.timesteps)", "\(outcome.seconds)", "\(elapsed)"]
    cells += (0..<LearningCurve.count).map {
      outcome.curve.indices.contains($0) ? cell(outcome.curve[$0]) : ""
    }
    cells += ["\(outcome.curve.count)", outcome.failure ?? ""]
    cells += point.map { "\($0)" }
    cells += space.dimensions.map { dimension in
      cell(
        Hyperparameters.description(named: dimension.name)?.value(in: request.hyperparameters))
    }
    file.append(Self.line(cells).utf8)
    file.flush()
  }

  /// Ends the table.
  ///
  /// - Throws: `WritingError` if not all of it could be written.
  func finish() throws { try file.finish() }

  static func columns(of space: SearchSpace) -> [String] {
    [
      "candidate", "stage", "seed", "status", "score", "mean_return", "solved_at_timestep",
      "total_timesteps", "wall_seconds", "elapsed_seconds",
    ] + (1...LearningCurve.count).map { "return_at_\($0 * 10)_percent" } + ["tenths", "failure"]
      + space.names.map { "part:\($0)" } + space.names
  }

  // MARK: Cells

  private static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let cell = cell.replacing("\n", with: " ").replacing("\r", with: " ")
      return cell.contains(",") || cell.contains("\"")
        ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",") + "\n"
  }

  /// The cells of all lines that have an end; a program that was killed leaves half a line.
  private static func rows(of text: String) -> [[String]] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeLast()
    return lines.map { cells(of: $0) }
  }

  private static func cells(of line: Substring) -> [String] {
    var (cells, cell, isQuoted) = ([String](), "", false)
    var characters = line.makeIterator()
    var next = characters.next()
    while let character = next {
      next = characters.next()
      switch (character, isQuoted) {
      case ("\"", true) where next == "\"":
        cell.append("\"")
        next = characters.next()
      case ("\"", _): isQuoted.toggle()
      case (",", false):
        cells.append(cell)
        cell = ""
      default: cell.append(character)
      }
    }
    return cells + [cell]
  }
}

/// A row of the table that was read.
private struct StoredTrial {
  let key: TrialKey
  let outcome: TrialOutcome
  let elapsed: Double
  let point: [Double]
  let values: [String]

  /// Reads a row, `nil` if it is damaged.
  init?(_ cells: [String], of space: SearchSpace) {
    let curveStart = 10
    let end = curveStart + LearningCurve.count
    let count = space.dimensions.count
    guard cells.count == end + 2 + 2 * count, let candidate = Int(cells[0]),
      let stage = TrialRequest.Stage(rawValue: cells[1]), let seed = UInt64(cells[2]),
      let status = TrialOutcome.Status(rawValue: cells[3]), let timesteps = Int(cells[7]),
      let seconds = Double(cells[8]), let elapsed = Double(cells[9]), let tenths = Int(cells[end]),
      0...LearningCurve.count ~= tenths
    else { return nil }
    key = TrialKey(candidate: candidate, stage: stage, seed: seed)
    outcome = TrialOutcome(
      status: status, score: Double(cells[4]), meanReturn: Double(cells[5]),
      solvedAt: Int(cells[6]), timesteps: timesteps, seconds: seconds,
      curve: cells[curveStart..<curveStart + tenths].map { Double($0) },
      failure: cells[end + 1].isEmpty ? nil : cells[end + 1])
    self.elapsed = elapsed
    point = cells[(end + 2)..<(end + 2 + count)].compactMap { Double($0) }
    values = Array(cells[(end + 2 + count)...])
    if point.count != count { return nil }
  }
}

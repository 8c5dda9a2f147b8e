import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import RandomStreams

/// Random configurations on several seeds, trained once, from which searches are replayed.
///
/// A file of JSON lines, so that an interrupted table is continued.
struct ReplayTable: Sendable {
  /// A configuration with the outcomes of its seeds.
  struct Row: Sendable {
    var point: [Double]
    var outcomes: [TrialOutcome]
  }

  private struct Line: Codable {
    let configuration: Int
    let seed: Int
    let outcome: TrialOutcome
  }

  let space: SearchSpace
  private(set) var rows: [Row]

  /// Trains what the file does not have yet.
  init(
    of space: SearchSpace, basedOn base: Hyperparameters, in environment: any BatchableEnvironment,
    configurations: Int, seeds: Int, threads: Int, file: URL
  ) throws {
    self.space = space
    var draws = RandomStream(seed: 11, purpose: .other, index: 0)
    let points = (0..<configurations).map { index in
      // The first is what a search starts from.
      index == 0 ? space.point(of: base) : space.dimensions.map { _ in draws.uniform() }
    }
    var lines: [[TrialOutcome?]] = points.map { _ in Array(repeating: nil, count: seeds) }
    let stored = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    for text in stored.split(separator: "\n") {
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)),
        line.configuration < configurations, line.seed < seeds
      else { continue }
      lines[line.configuration][line.seed] = line.outcome
    }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    let trials = TrialInMemory(in: environment, objective: .meanReturn, episodes: 20)
    // As many at once as there are threads, then into the file.
    let missing = lines.indices.flatMap { row in
      (0..<seeds).filter { lines[row][$0] == nil }.map { (row, $0) }
    }
    for start in stride(from: 0, to: missing.count, by: 4 * threads) {
      let some = Array(missing[start..<min(start + 4 * threads, missing.count)])
      let outcomes = results(of: some.count, threads: threads) { index in
        let (row, seed) = some[index]
        return Result {
          try trials.outcome(
            of: TrialRequest(
              candidate: row, stage: .breadth, seed: UInt64(seed + 1),
              hyperparameters: row == 0
                ? base : space.hyperparameters(at: points[row], basedOn: base), medians: []),
            until: { false })
        }
      }
      for ((row, seed), outcome) in zip(some, outcomes) {
        guard let outcome = try outcome.get() else { continue }
        lines[row][seed] = outcome
        let line = Line(configuration: row, seed: seed, outcome: outcome)
        try handle.write(contentsOf: JSONEncoder().encode(line) + Data("\n".utf8))
      }
    }
    rows = zip(points, lines).map { Row(point: $0, outcomes: $1.compactMap(\.self)) }
  }

  /// The rows in another order, with the seeds in another order: one draw of a replay.
  func shuffled(_ number: Int) -> ReplayTable {
    var draws = RandomStream(seed: 5, purpose: .other, index: number)
    var other = self
    let count = rows[0].outcomes.count
    var order = Array(0..<count)
    for place in order.indices.dropLast() {
      order.swapAt(place, place + draws.integer(below: count - place))
    }
    other.rows = rows.map { row in
      Row(point: row.point, outcomes: order.map { row.outcomes[$0] })
    }
    return other
  }
}

/// Answers the trials of a search from a table: a candidate is the nearest row that no candidate has yet.
final class ReplayedTrials: TrialExecution, @unchecked Sendable {
  // One job runs at once.
  private let table: ReplayTable
  private let confirmationSeed: UInt64
  private var assigned: [Int: Int] = [:]
  private(set) var steps = 0

  init(_ table: ReplayTable, confirmationSeed: UInt64) {
    self.table = table
    self.confirmationSeed = confirmationSeed
  }

  func outcome(
    of request: TrialRequest, until shouldStop: @Sendable () -> Bool
  ) -> TrialOutcome? {
    let row = assigned[request.candidate] ?? assign(request)
    let outcomes = table.rows[row].outcomes
    let half = outcomes.count / 2
    let place =
      request.stage == .confirmation
      ? half + Int(request.seed - confirmationSeed) : Int(request.seed) - 1
    var outcome = outcomes[place]
    for decision in LearningCurve.decisions where request.medians.indices.contains(decision) {
      guard outcome.status == .complete, let median = request.medians[decision],
        let reached = outcome.curve[decision], reached < median
      else { continue }
      outcome.status = .stopped
      outcome.score = reached
      outcome.timesteps = outcome.timesteps * (decision + 1) / LearningCurve.count
      outcome.curve = Array(outcome.curve.prefix(decision + 1))
    }
    if request.stage != .confirmation { steps += outcome.timesteps }
    return outcome
  }

  private func assign(_ request: TrialRequest) -> Int {
    let point = table.space.point(of: request.hyperparameters)
    let taken = Set(assigned.values)
    func distance(_ row: Int) -> Double {
      zip(table.rows[row].point, point).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let free = table.rows.indices.filter { !taken.contains($0) }
    let row = request.candidate == 0 ? 0 : free.min { distance($0) < distance($1) } ?? 0
    assigned[request.candidate] = row
    return row
  }
}

import RandomStreams

extension EnvironmentChecker {
  /// Plays episodes in batches that the environment makes itself.
  ///
  /// - Throws: If a batch cannot be made, or fails.
  func inspectBatches(
    of environment: any BatchableEnvironment, report: inout FindingReport
  ) throws {
    let first = try transcripts(of: 0..<2, in: environment, report: &report)
    let again = try transcripts(of: 0..<2, in: environment, report: &report)
    for (row, (one, other)) in zip(first, again).enumerated() {
      note(one, other, episode: row, report: &report) { .notDeterministic(difference: $0) }
    }
    guard report.canCompare else { return }
    let alone = try transcripts(of: 1..<2, in: environment, report: &report)
    note(alone[0], first[1], episode: 1, report: &report) { .episodesInterfere(difference: $0) }
    guard report.canCompare else { return }
    do {
      let resumed = try transcripts(
        of: 0..<2, in: environment, codingAfter: (first[0].results.count - 1) / 2, report: &report)
      for (row, (one, other)) in zip(first, resumed).enumerated() {
        note(one, other, episode: row, report: &report) { .stateLostInCoding(difference: $0) }
      }
    } catch {
      report.note(.stateNotCodable(reason: "\(error)"))
    }
  }

  /// Plays the first episodes of some copies to their ends.
  ///
  /// - Parameters:
  ///   - numbers: The numbers of the copies.
  ///   - environment: The environment.
  ///   - coding: After how many steps the batch is stored, and another one restored from it.
  ///   - report: Receives what is wrong with single results.
  /// - Returns: A transcript for each copy.
  /// - Throws: If a batch cannot be made, stored or restored, or fails.
  private func transcripts(
    of numbers: Range<Int>, in environment: any BatchableEnvironment,
    codingAfter coding: Int? = nil,
    report: inout FindingReport
  ) throws -> [EpisodeTranscript] {
    var run = try BatchRun(of: numbers, in: environment, seed: seed)
    var transcripts = numbers.map { _ in EpisodeTranscript() }
    for step in 0...stepLimit {
      if step == coding { try run.storeAndRestore() }
      let results = step == 0 ? run.starts : try run.step(report: &report)
      for (row, result) in results.enumerated() {
        guard let result else { continue }
        transcripts[row].results.append(result)
        inspect(
          result, within: environment.observationSpace,
          at: .init(episode: numbers.lowerBound + row, step: step), report: &report)
      }
      if run.hasEnded { return transcripts }
    }
    if environment.timeLimit == nil { report.note(.neverEnds) }
    return transcripts
  }

  /// Notes the first step in which an episode went differently.
  private func note(
    _ one: EpisodeTranscript, _ other: EpisodeTranscript, episode: Int,
    report: inout FindingReport, as problem: (ResultDifference) -> EnvironmentFinding.Problem
  ) {
    for (step, (one, other)) in zip(one.results, other.results).enumerated() {
      guard let difference = one.difference(from: other) else { continue }
      return report.note(problem(difference), at: .init(episode: episode, step: step))
    }
  }
}

/// Copies that play one episode each with random actions, determined by seed and number.
private struct BatchRun {
  private let numbers: Range<Int>
  private let runner: EpisodeRunner
  private var generators: [RandomStream]

  init(
    of numbers: Range<Int>, in environment: any BatchableEnvironment, seed: UInt64
  ) throws {
    self.numbers = numbers
    runner = try EpisodeRunner(
      of: environment, numbers: numbers, seed: seed, purpose: .environment)
    generators = numbers.map { RandomStream(seed: seed, purpose: .action, index: $0) }
  }

  var hasEnded: Bool { (0..<runner.count).allSatisfy { runner.hasEnded($0) } }

  /// The observations before the first step.
  var starts: [StepResult?] { (0..<runner.count).map { result(of: $0, reward: 0) } }

  /// Takes a step in each copy whose episode goes on.
  mutating func step(report: inout FindingReport) throws -> [StepResult?] {
    try (0..<runner.count).map { row in
      if runner.hasEnded(row) { return nil }
      try runner.step(row, action: action(of: row, report: &report))
      return result(of: row, reward: Double(runner.arrays.rewards[row]))
    }
  }

  /// Restores the copies from what was stored of them.
  func storeAndRestore() throws {
    func stored(_ snapshot: some EnvironmentSnapshot) throws -> any EnvironmentSnapshot {
      try coded(snapshot)
    }
    let original: any EnvironmentSnapshot = try runner.snapshot()
    try runner.restore(stored(original))
  }

  private mutating func action(of row: Int, report: inout FindingReport) -> [Float] {
    guard let mask = runner.situation(of: row).validChoices else {
      return runner.environment.actionSpace.sample(using: &generators[row])
    }
    let space = runner.environment.actionSpace
    let counts = space.choiceCounts
    if let component = mask.firstComponentWithoutChoice(counts: counts) {
      report.note(
        .noValidChoice(component: component),
        at: .init(episode: numbers.lowerBound + row, step: runner.length(of: row)),
        component: component)
    }
    return space.sample(amongValid: mask, using: &generators[row])
  }

  private func result(of row: Int, reward: Double) -> StepResult {
    StepResult(
      observation: runner.observation(of: row), reward: reward, ending: runner.ending(of: row))
  }
}

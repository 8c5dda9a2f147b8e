import EnvironmentKit
import StoredFiles
import TensorCore

// A run that several processes share. Rank 0 decides when it is stored; the others answer between
// iterations, and after their last one until rank 0 has ended.

/// What a rank says between two iterations.
private enum Word: UInt8 {
  case goOn
  case stop
  /// Rank 0 asks for the states of all environments.
  case store
  /// Rank 0 needs the others no more.
  case end
}

extension Trainer {
  /// Whether any rank wants to stop before the next iteration; all get the same answer.
  ///
  /// Every hundred iterations, and before the first that this process does, the ranks also compare
  /// what they have computed.
  func ranksAgreeToStop(_ wish: Bool) -> Bool {
    if ranks.count == 1 { return wish }
    let words = answer(wish ? .stop : .goOn)
    if !hasComparedRanks || iteration.isMultiple(of: 100) { compareRanks() }
    return words.contains(.stop)
  }

  /// Says something to the other ranks, and does what rank 0 asks until it asks for nothing.
  private func answer(_ word: Word) -> [Word] {
    while true {
      let words = say(word)
      guard ranks.rank > 0, words[0] == .store else { return words }
      _ = gatherSnapshots()
    }
  }

  private func say(_ word: Word) -> [Word] {
    ranks.gather([word.rawValue]).map { Word(rawValue: $0[0]) ?? .end }
  }

  /// Ends the work of the ranks together: rank 0 calls it when nothing more is to be stored, and
  /// another one after training, to give rank 0 the states of its environments as often as it asks.
  /// Without effect where there is one rank.
  public func finishRanks() {
    if ranks.count == 1 { return }
    while answer(ranks.rank == 0 ? .end : .goOn)[0] != .end {}
  }

  // MARK: Whether all compute the same

  /// Ends all ranks if they do not compute the same: another version, another processor that rounds
  /// otherwise, or other arguments.
  private func compareRanks() {
    hasComparedRanks = true
    let own = RankDigest(
      configuration: checksum((try? StoredText.data(hyperparameters)).map(Array.init) ?? []),
      probeInterval: probeInterval, environment: environment.name, seed: seed,
      iteration: iteration,
      parameters: checksum(UnsafeRawBufferPointer(parameters)))
    if let sentence = RankDigest.difference(in: ranks.gather(own)) { ranks.abort(1, sentence) }
  }

  private func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    CyclicChecksum(of: bytes).value
  }

  // MARK: Where the environments stand

  /// Where all environments stand.
  ///
  /// - Throws: ``CheckpointError`` if the states of a rank cannot be stored, or not together.
  func collectSnapshot() throws -> any EnvironmentSnapshot {
    if ranks.count == 1 { return try collector.environments.snapshot() }
    guard ranks.rank == 0 else {
      throw CheckpointError(
        description: "Rank \(ranks.rank) cannot make a checkpoint; only rank 0 does.")
    }
    _ = say(.store)
    return try joined(gatherSnapshots(), as: environment.snapshotType)
  }

  /// The states of the environments of all ranks, as text, or why there are none.
  private func gatherSnapshots() -> [StoredSnapshot?] {
    do {
      let own = try StoredText.data(collector.environments.snapshot())
      return ranks.gather(StoredSnapshot(text: String(decoding: own, as: UTF8.self)))
    } catch {
      return ranks.gather(StoredSnapshot(failure: "\(error)"))
    }
  }

  private func joined<Snapshot: EnvironmentSnapshot>(
    _ parts: [StoredSnapshot?], as type: Snapshot.Type
  ) throws(CheckpointError) -> any EnvironmentSnapshot {
    if let failure = parts.lazy.compactMap({ $0?.failure }).first {
      throw CheckpointError(description: failure)
    }
    let snapshots = parts.compactMap { StoredText.value(type, $0?.text) }
    guard snapshots.count == ranks.count, let whole = Snapshot.joined(snapshots),
      whole.count == hyperparameters.environmentCount
    else { throw indivisible(type) }
    return whole
  }

  /// The part of a snapshot that is about the environments of this rank.
  ///
  /// - Throws: ``CheckpointError`` if it cannot be divided.
  func ownPart(
    of snapshot: any EnvironmentSnapshot
  ) throws(CheckpointError) -> any EnvironmentSnapshot {
    if ranks.count == 1 { return snapshot }
    guard let part = snapshot.part(of: collector.own) else {
      throw indivisible(type(of: snapshot))
    }
    return part
  }

  private func indivisible(_ type: any EnvironmentSnapshot.Type) -> CheckpointError {
    CheckpointError(
      description: """
        The states of \(environment.name) cannot be divided among \(ranks.count) processes: \(type) \
        has no part(of:) and joined(_:). Train it in one process.
        """)
  }

  // MARK: Evaluation

  /// An evaluation of which each rank plays some episodes; the same result on all.
  ///
  /// - Throws: ``EvaluationError`` of the earliest step at which one failed, or that it was stopped.
  func sharedEvaluation(until shouldStop: () -> Bool) throws(EvaluationError) -> Evaluation {
    let own = ranks.share(of: hyperparameters.evaluationEpisodes)
    var part = EvaluatedEpisodes()
    if !own.isEmpty {
      do throws(EvaluationError) {
        part = EvaluatedEpisodes(
          try policy.evaluate(in: environment, episodes: own, seed: ~seed, until: shouldStop))
      } catch {
        if ranks.count == 1 { throw error }
        part.error = error
      }
    }
    return try EvaluatedEpisodes.joined(ranks.gather(part).compactMap(\.self))
  }
}

/// What one rank has of an evaluation.
private struct EvaluatedEpisodes: Codable {
  var returns: [Double] = []
  var lengths: [Int] = []
  var unfinishedCount = 0
  var error: EvaluationError?

  init() {}

  init(_ evaluation: Evaluation) {
    returns = evaluation.returns
    lengths = evaluation.lengths
    unfinishedCount = evaluation.unfinishedCount
  }

  static func joined(_ parts: [Self]) throws(EvaluationError) -> Evaluation {
    let errors = parts.compactMap(\.error)
    let failures = errors.filter { $0.problem != .stopped }
    if let error = failures.min(by: { $0.step < $1.step }) ?? errors.first { throw error }
    return Evaluation(
      returns: parts.flatMap(\.returns), lengths: parts.flatMap(\.lengths),
      unfinishedCount: parts.reduce(0) { $0 + $1.unfinishedCount })
  }
}

/// The states of some environments as JSON, or why they cannot be stored.
private struct StoredSnapshot: Codable {
  var text: String?
  var failure: String?
}

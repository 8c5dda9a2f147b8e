/// What must be the same on all ranks of a run, in short.
struct RankDigest: Codable, Hashable {
  /// The checksum of the hyperparameters.
  let configuration: UInt32
  /// At every so many minibatches the gradients of the losses are measured for the records, which ranks
  /// that share minibatches do together.
  var probeInterval: Int?
  /// The name of the environment.
  let environment: String
  /// The seed of the run.
  let seed: UInt64
  /// How many iterations are done.
  let iteration: Int
  /// The checksum of the parameters.
  let parameters: UInt32

  /// What differs between rank 0 and another rank, in a sentence; `nil` if nothing does.
  static func difference(in digests: [Self?]) -> String? {
    guard let first = digests.first else { return nil }
    for (rank, digest) in digests.enumerated() where digest != first {
      let what =
        if digest?.environment != first?.environment {
          "trains in another environment"
        } else if digest?.configuration != first?.configuration || digest?.seed != first?.seed {
          "has other hyperparameters or another seed"
        } else if digest?.probeInterval != first?.probeInterval {
          "measures the losses' gradients at other minibatches"
        } else if digest?.iteration != first?.iteration {
          "is at another iteration"
        } else {
          "has other parameters at iteration \(first?.iteration ?? 0)"
        }
      return """
        Rank \(rank) \(what) than rank 0. All ranks must run the same program with the same arguments; \
        resume the run from its checkpoint.
        """
    }
    return nil
  }
}

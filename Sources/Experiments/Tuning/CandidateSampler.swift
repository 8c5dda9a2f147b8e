import RandomStreams

/// What is known of a candidate when later ones are proposed.
public struct ScoredPoint: Sendable {
  /// The number of the candidate.
  public let number: Int
  /// Its coordinates.
  public let point: [Double]
  /// Its score, higher is better; `nil` if its trial failed.
  public let score: Double?
  /// Whether its trial was stopped before its end.
  public let isStopped: Bool

  /// Describes a candidate.
  public init(number: Int, point: [Double], score: Double?, isStopped: Bool) {
    self.number = number
    self.point = point
    self.score = score
    self.isStopped = isStopped
  }
}

/// Proposes candidates.
///
/// Called by one thread at a time, for the candidates in the order of their numbers, from 1: candidate
/// 0 is the preset.
public protocol CandidateSampler: AnyObject {
  /// The name in tables.
  var name: String { get }

  /// Proposes a candidate.
  ///
  /// - Parameters:
  ///   - number: The number of the candidate.
  ///   - results: What is known of the candidates before, the best first. Which ones that are does not
  ///     depend on how many trials run at once.
  /// - Returns: A coordinate for each dimension, from 0 to 1.
  /// - Throws: If none can be proposed, which ends the search.
  func point(of number: Int, after results: [ScoredPoint]) throws -> [Double]
}

/// Half a Sobol design over the space, half mutations of the best candidates.
///
/// A mutation changes a third of the coordinates of one of the best candidates by up to
/// ``reach``; a coordinate of few choices by up to one of them.
public final class MutationSampler: CandidateSampler {
  /// `halving`, the name of the whole strategy on the command line.
  public let name = "halving"
  /// How far a coordinate moves at most.
  public let reach: Double

  private let space: SearchSpace
  private let seed: UInt64
  private let sobol: SobolSequence
  private let mutatedPart: Double

  /// Prepares proposals.
  ///
  /// - Parameters:
  ///   - space: The space.
  ///   - seed: The seed of all draws.
  ///   - mutatedPart: The part of all candidates that are mutations, from 0 to 1.
  ///   - reach: How far a coordinate moves at most.
  public init(
    of space: SearchSpace, seed: UInt64, mutatedPart: Double = 0.5, reach: Double = 0.15
  ) {
    self.space = space
    self.seed = seed
    self.mutatedPart = mutatedPart
    self.reach = reach
    sobol = SobolSequence(dimensionCount: space.dimensions.count, seed: seed)
  }

  /// From how many candidates on the best ones are mutated.
  static let fewestToMutate = 8

  /// A point of the design, or a mutation.
  public func point(of number: Int, after results: [ScoredPoint]) -> [Double] {
    var draws = RandomStream(seed: seed, purpose: .other, index: number)
    let finished = results.filter { $0.score != nil && !$0.isStopped }
    guard finished.count >= Self.fewestToMutate, draws.uniform() < mutatedPart else {
      return sobol.point(number)
    }
    let parents = finished.prefix(max(3, finished.count / 10))
    // The smaller of two draws: better parents are more probable.
    let place = min(draws.integer(below: parents.count), draws.integer(below: parents.count))
    return mutation(of: parents[place].point, &draws)
  }

  private func mutation(of parent: [Double], _ draws: inout RandomStream) -> [Double] {
    var point = parent
    var left = (point.count + 2) / 3
    var places = Array(point.indices)
    while left > 0, !places.isEmpty {
      let place = places.remove(at: draws.integer(below: places.count))
      let reach = max(self.reach, space.dimensions[place].choiceCount.map { 1 / Double($0) } ?? 0)
      point[place] = Self.reflected(point[place] + draws.uniform(in: -reach..<reach))
      left -= 1
    }
    return point
  }

  /// A coordinate that has left the unit interval, reflected at its end.
  private static func reflected(_ coordinate: Double) -> Double {
    let coordinate = abs(coordinate)
    return coordinate > 1 ? max(0, 2 - coordinate) : coordinate
  }
}

/// Brings each component of an observation to mean 0 and deviation 1 by what was seen so far.
///
/// The moments change between rollouts and stay as they are during one, so that a rollout and the
/// update that learns from it see the same numbers. They are kept in double precision; a deviation
/// counts as at least 1e-4, and the result is clipped to ±10.
///
/// A trainer with `Hyperparameters.normalizesObservations` does this by itself, stores the normaliser
/// in checkpoints and hands it to the ``TrainedPolicy``. It is a value that can be used alone, too,
/// with its state in nothing but itself:
///
///     var normalizer = ObservationNormalizer(count: 4)
///     normalizer.update(arrays.observations.baseAddress!, rows: arrays.count)
///     normalizer.apply(
///       to: inputs.baseAddress!, from: arrays.observations.baseAddress!, rows: arrays.count)
///     let stored = try JSONEncoder().encode(normalizer)
public struct ObservationNormalizer: Sendable, Codable, Hashable {
  /// What was seen so far.
  public private(set) var moments: RunningMoments
  /// What is subtracted from each component.
  package private(set) var means: [Float]
  /// What each is multiplied by then.
  package private(set) var scales: [Float]

  /// The least deviation that is divided by, so that a component that never changes stays small.
  static let leastDeviation = 1e-4
  /// The largest absolute value of a result.
  package static let bound: Float = 10

  /// A normaliser of observations of `count` components, so far
  /// without effect but for the clipping.
  public init(count: Int) {
    moments = RunningMoments(count: count)
    means = Array(repeating: 0, count: count)
    scales = Array(repeating: 1, count: count)
  }

  /// Whether it fits observations of `count` components and holds nothing but numbers; what was read
  /// from a file may not.
  func isUsable(for count: Int) -> Bool {
    moments.isUsable(for: count) && means.count == count && scales.count == count
      && means.allSatisfy(\.isFinite) && scales.allSatisfy(\.isFinite)
  }

  /// The first component that has never changed, if there is one.
  var deadComponent: Int? {
    (0..<moments.count).first { moments.variance(of: $0) == 0 }
  }

  /// Takes observations `[rows, D]` into account from now on.
  public mutating func update(_ observations: UnsafePointer<Float>, rows: Int) {
    moments.add(observations, rows: rows)
    for component in 0..<moments.count {
      means[component] = Float(moments.means[component])
      let deviation = moments.variance(of: component).squareRoot()
      scales[component] = Float(1 / max(deviation, Self.leastDeviation))
    }
  }

  /// Writes normalised observations, `[rows, D]`; source and destination may be the same.
  public func apply(
    to normalized: UnsafeMutablePointer<Float>, from observations: UnsafePointer<Float>, rows: Int
  ) {
    let count = moments.count
    means.withUnsafeBufferPointer { means in
      scales.withUnsafeBufferPointer { scales in
        for row in 0..<rows {
          for component in 0..<count {
            let at = row * count + component
            let number = (observations[at] - means[component]) * scales[component]
            normalized[at] = min(max(number, -Self.bound), Self.bound)
          }
        }
      }
    }
  }
}

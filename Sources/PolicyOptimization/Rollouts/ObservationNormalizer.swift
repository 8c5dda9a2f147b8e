import EnvironmentKit
import TensorCore

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
  /// Which components of how many are normalised, where images are left as they are; `nil` for all.
  private var selection: Selection?

  /// Some of the components of an observation.
  private struct Selection: Sendable, Codable, Hashable {
    var ranges: [Range<Int>]
    var width: Int
  }

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

  /// A normaliser of the parts of observations that are no images, or `nil` if there are none but
  /// images.
  init?(of layout: ObservationLayout) {
    let vectors = layout.parts.filter { $0.image == nil }
    self.init(count: vectors.reduce(0) { $0 + $1.count })
    if vectors.isEmpty { return nil }
    if vectors.count < layout.parts.count {
      selection = Selection(ranges: vectors.map(\.range), width: layout.count)
    }
  }

  /// The size of an observation, D.
  private var width: Int { selection?.width ?? moments.count }

  /// Whether images are left as they are.
  package var leavesImages: Bool { selection != nil }

  /// Whether it fits observations of `count` components and holds nothing but numbers; what was read
  /// from a file may not.
  func isUsable(for count: Int) -> Bool {
    let normalized = selection?.ranges.reduce(0) { $0 + $1.count } ?? count
    let isWithin = selection?.ranges.allSatisfy { 0 <= $0.lowerBound && $0.upperBound <= count }
    return width == count && isWithin ?? true
      && moments.isUsable(for: normalized) && means.count == normalized
      && scales.count == normalized
      && means.allSatisfy(\.isFinite) && scales.allSatisfy(\.isFinite)
  }

  /// The first component that has never changed, if there is one.
  var deadComponent: Int? {
    (0..<moments.count).first { moments.variance(of: $0) == 0 }
  }

  /// Takes observations `[rows, D]` into account from now on.
  public mutating func update(_ observations: UnsafePointer<Float>, rows: Int) {
    if let selection {
      var vectors: [Float] = []
      vectors.reserveCapacity(rows * moments.count)
      for row in 0..<rows {
        let first = observations + row * selection.width
        for range in selection.ranges {
          vectors += UnsafeBufferPointer(start: first + range.lowerBound, count: range.count)
        }
      }
      moments.add(vectors, rows: rows)
    } else {
      moments.add(observations, rows: rows)
    }
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
    if let selection {
      applyToSelection(selection, to: normalized, from: observations, rows: rows)
      return
    }
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

  private func applyToSelection(
    _ selection: Selection, to normalized: UnsafeMutablePointer<Float>,
    from observations: UnsafePointer<Float>, rows: Int
  ) {
    if UnsafePointer(normalized) != observations {
      normalized.update(from: observations, count: rows * selection.width)
    }
    for row in 0..<rows {
      var component = 0
      for range in selection.ranges {
        for at in range {
          let number = observations[row * selection.width + at]
          let scaled = (number - means[component]) * scales[component]
          normalized[row * selection.width + at] = min(max(scaled, -Self.bound), Self.bound)
          component += 1
        }
      }
    }
  }
}

extension ObservationNormalizer {
  /// Takes all rows of a rollout into account.
  mutating func update(with rollout: Rollout) {
    guard let stored = rollout.storedObservations else {
      update(rollout.rawObservations.pointer, rows: rollout.rowCount)
      return
    }
    let observation = Buffer(count: rollout.observationCount)
    for row in 0..<rollout.rowCount {
      stored.read(row, into: observation.pointer)
      update(observation.pointer, rows: 1)
    }
  }
}

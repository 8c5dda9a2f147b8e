import CKernels
import NeuralNetworks
import Requirements
import TensorCore

/// What the value network predicts: returns as they are, or in another scale.
///
/// No balancer of losses makes PPO indifferent to the scale of rewards; a scaled value target does.
public enum ValueTarget: String, Sendable, Codable, CaseIterable {
  /// Returns as they are.
  case raw
  /// Returns less their running mean, divided by their running deviation; the value's layer starts
  /// at 0, so that it begins with the mean, and is changed with the scale so that what it says stays
  /// the same.
  ///
  /// Source: van Hasselt et al., *Learning values across many orders of magnitude*, NeurIPS 2016,
  /// <https://arxiv.org/abs/1602.07714>.
  case popart
  /// Returns divided by the distance of their 5th and 95th percentile, averaged over time, if that
  /// is more than 1: large returns are made small, small ones are not made large.
  ///
  /// Source: Hafner et al., *Mastering Diverse Domains through World Models*, 2023, equation 11,
  /// <https://arxiv.org/abs/2301.04104>; there it scales advantages.
  case percentile
  /// `sign(R) ln(1 + |R|)` of the returns.
  ///
  /// Source: as above, equation 10.
  case symlog
}

/// Turns returns into what the value network is to predict, and back.
///
/// The two numbers of an affine scale follow the returns; what is learnt from one rollout sees one
/// scale.
public struct ValueScaling: Sendable, Codable, Hashable {
  /// The kind of scale.
  public let target: ValueTarget
  /// How much of the statistics is kept at each rollout, from 0 to below 1.
  public let decay: Double

  /// The mean of the returns, or the 5th percentile.
  private(set) var first = 0.0
  /// The mean of their squares, or the 95th percentile.
  private(set) var second: Double
  private var rollouts = 0

  /// The least and the largest deviation that is divided by.
  static let deviations = 1e-12...1e12

  /// A scale that has seen nothing and changes nothing.
  ///
  /// - Parameters:
  ///   - target: The kind of scale.
  ///   - decay: How much of the statistics is kept at each rollout, from 0 to below 1.
  public init(_ target: ValueTarget, decay: Double) {
    require(0 <= decay && decay < 1, "The decay is \(decay); it must be from 0 to below 1.")
    self.target = target
    self.decay = decay
    second = target == .popart ? 1 : 0
  }

  /// What is subtracted from a return.
  public var shift: Double { target == .popart ? first : 0 }

  /// What is divided by then.
  public var scale: Double {
    switch target {
    case .raw, .symlog: 1
    case .percentile: max(1, second - first)
    case .popart:
      min(
        max(max(second - first * first, 0).squareRoot(), Self.deviations.lowerBound),
        Self.deviations.upperBound)
    }
  }

  /// Whether it knows nothing yet and the value's layer is to begin with the mean.
  var isBeginning: Bool { target == .popart && rollouts == 0 }

  /// Whether it holds nothing but numbers; what was read from a file may not.
  var isUsable: Bool {
    0...1 << 52 ~= rollouts && first.isFinite && second.isFinite && shift.isFinite && scale.isFinite
  }

  /// What the network is to predict for a return.
  public func scaled(_ value: Double) -> Double {
    if target == .symlog {
      let size = ck_log_f64(1 + abs(value))
      return value < 0 ? -size : size
    }
    return (value - shift) / scale
  }

  /// The return that a prediction stands for.
  public func unscaled(_ prediction: Double) -> Double {
    if target == .symlog {
      let size = ck_exp_f64(abs(prediction)) - 1
      return prediction < 0 ? -size : size
    }
    return shift + scale * prediction
  }

  /// Takes the returns of a rollout into account.
  ///
  /// The moments are those of all rollouts as long as there are few, so that the scale fits from the
  /// start, and then move by `1 − decay`. Percentiles move from 0, as published.
  public mutating func observe(_ returns: some Collection<Float>) {
    switch target {
    case .raw, .symlog: return
    case .percentile:
      let sorted = returns.sorted()
      follow(Self.percentile(0.05, of: sorted), Self.percentile(0.95, of: sorted), by: 1 - decay)
    case .popart:
      let count = Double(returns.count)
      let mean = returns.reduce(0) { $0 + Double($1) } / count
      let meanSquare = returns.reduce(0) { $0 + Double($1) * Double($1) } / count
      follow(mean, meanSquare, by: max(1 - decay, 1 / Double(rollouts + 1)))
    }
    rollouts += 1
  }

  private mutating func follow(_ first: Double, _ second: Double, by step: Double) {
    self.first += step * (first - self.first)
    self.second += step * (second - self.second)
  }

  /// The number below which a part of sorted numbers lies, between two of them by a straight line.
  private static func percentile(_ part: Double, of sorted: [Float]) -> Double {
    let place = part * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    let low = Double(sorted[below])
    return low + (Double(sorted[above]) - low) * (place - Double(below))
  }
}

extension ValueScaling {
  /// Changes the value's layer, which was trained in another scale, so that its outputs stand for the
  /// same returns in this one: `w ← w σ / σ′`, `b ← (σ b + μ − μ′) / σ′`.
  func takeOver(_ layer: LinearLayer, in parameters: Buffer, from old: ValueScaling) {
    for index in layer.weight.range {
      parameters[index] = Float(Double(parameters[index]) * old.scale / scale)
    }
    for index in layer.bias.range {
      parameters[index] = Float(
        (old.scale * Double(parameters[index]) + old.shift - shift) / scale)
    }
  }

  /// Turns predictions into returns, in place.
  func unscale(_ values: Buffer) {
    for index in 0..<values.count {
      values.pointer[index] = Float(unscaled(Double(values.pointer[index])))
    }
  }

  /// Turns returns into predictions, in place.
  func scale(_ values: Buffer) {
    for index in 0..<values.count {
      values.pointer[index] = Float(scaled(Double(values.pointer[index])))
    }
  }
}

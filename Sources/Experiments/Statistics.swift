import Drawing
import RandomStreams
import Requirements

/// Statistics of a few runs that do not lean on a bell curve.
///
/// Source: Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice*,
/// NeurIPS 2021, <https://arxiv.org/abs/2108.13264>.
public enum Statistics {
  /// The mean.
  ///
  /// - Precondition: There is at least one number.
  public static func mean(_ numbers: [Double]) -> Double {
    require(!numbers.isEmpty, "A mean needs at least 1 number.")
    let (sum, count) = (numbers.reduce(0, +), Double(numbers.count))
    // The sum of numbers that are finite need not be.
    return sum.isFinite ? sum / count : numbers.reduce(0) { $0 + $1 / count }
  }

  /// The mean of the middle half: a quarter of the numbers, rounded down, is left out at each end.
  ///
  /// - Precondition: There is at least one number.
  public static func interquartileMean(_ numbers: [Double]) -> Double {
    let dropped = numbers.count / 4
    return mean(Array(numbers.sorted()[dropped..<numbers.count - dropped]))
  }

  /// The number below which a part of the numbers lies, between two of them in proportion.
  ///
  /// - Parameters:
  ///   - part: From 0 to 1.
  ///   - sorted: At least one number, in growing order.
  /// - Returns: The number.
  public static func quantile(_ part: Double, of sorted: [Double]) -> Double {
    require(0...1 ~= part, "The part of a quantile is \(part); it must be from 0 to 1.")
    require(!sorted.isEmpty, "A quantile needs at least 1 number.")
    let place = part * Double(sorted.count - 1)
    let below = Int(place, within: 0...sorted.count - 1, rounded: .down)
    let above = min(below + 1, sorted.count - 1)
    return between(sorted[below], sorted[above], part: place - Double(below))
  }

  /// A number between two others, finite where they are; `part` is how far it is from the first
  /// to the second, from 0 to 1.
  static func between(_ first: Double, _ second: Double, part: Double) -> Double {
    let difference = second - first
    return difference.isFinite
      ? first + part * difference : (1 - part) * first + part * second
  }

  /// How few numbers say nothing about how far others may lie: resamples of n numbers cover the middle
  /// of a distribution with a probability of at most 1 − 2^(1 − n), which is 94 % for five.
  public static let fewestForInterval = 5

  /// The 95 % interval of a statistic, where there is one.
  ///
  /// - Parameters:
  ///   - strata: The numbers of each task or setting.
  ///   - resamples: How often to draw, at least 1.
  ///   - statistic: What is wanted of all numbers together.
  /// - Returns: The interval; `nil` where a stratum has less than ``fewestForInterval`` numbers, or
  ///   where all numbers of each stratum are the same: then drawing again shows no other, and an
  ///   interval without a width would claim certainty.
  public static func confidenceInterval(
    of strata: [[Double]], resamples: Int = 2000,
    statistic: ([Double]) -> Double = interquartileMean
  ) -> ClosedRange<Double>? {
    guard !strata.isEmpty, strata.allSatisfy({ $0.count >= fewestForInterval }),
      strata.contains(where: { Set($0).count > 1 })
    else { return nil }
    let interval = bootstrapInterval(of: strata, resamples: resamples, statistic: statistic)
    return interval.lowerBound < interval.upperBound ? interval : nil
  }

  /// From how many numbers on ``meanInterval(of:)`` takes the mean for normally distributed: drawing
  /// again shows the same by then, and costs time that grows with their number.
  public static let fewestForNormality = 1_000

  /// The 95 % interval of the mean, where there is one: by the percentile bootstrap, from
  /// ``fewestForNormality`` numbers on `x̄ ± 1.96 s / √n` with n − 1 in the variance.
  ///
  /// - Parameter numbers: The numbers, which are finite.
  /// - Returns: The interval; `nil` as of ``confidenceInterval(of:resamples:statistic:)``, and where its
  ///   ends are too large for a number.
  public static func meanInterval(of numbers: [Double]) -> ClosedRange<Double>? {
    if numbers.count < fewestForNormality {
      return confidenceInterval(of: [numbers], statistic: mean)
    }
    let mean = mean(numbers)
    let largest = numbers.reduce(0) { max($0, abs($1 - mean)) }
    guard largest > 0, largest.isFinite else { return nil }
    // Relative to the largest, so that squares neither overflow nor vanish.
    let squares = numbers.reduce(0) { $0 + ($1 - mean) / largest * (($1 - mean) / largest) }
    let count = Double(numbers.count)
    let reach = 1.959963984540054 * largest * (squares / (count - 1) / count).squareRoot()
    guard mean - reach < mean + reach, (mean - reach).isFinite, (mean + reach).isFinite else {
      return nil
    }
    return mean - reach...mean + reach
  }

  /// An interval that holds a statistic of all numbers with some confidence, by the percentile
  /// bootstrap: runs are drawn again with replacement, within each stratum as many as it has.
  ///
  /// - Parameters:
  ///   - strata: The numbers of each task or setting, at least one each.
  ///   - confidence: The part of the resamples inside, such as 0.95.
  ///   - resamples: How often to draw, at least 1.
  ///   - seed: The interval is a function of it and of the numbers.
  ///   - statistic: What is wanted of all numbers together.
  /// - Returns: The interval.
  public static func bootstrapInterval(
    of strata: [[Double]], confidence: Double = 0.95, resamples: Int = 2000, seed: UInt64 = 0,
    statistic: ([Double]) -> Double = interquartileMean
  ) -> ClosedRange<Double> {
    require(
      !strata.isEmpty && strata.allSatisfy { !$0.isEmpty } && resamples > 0,
      "A bootstrap needs numbers in each of its \(strata.count) strata, and resamples.")
    var draws = RandomStream(seed: seed, purpose: .other, index: 0)
    let values = (0..<resamples).map { _ in
      statistic(
        strata.flatMap { stratum in
          stratum.indices.map { _ in stratum[draws.integer(below: stratum.count)] }
        })
    }.sorted()
    let tail = (1 - confidence) / 2
    return quantile(tail, of: values)...quantile(1 - tail, of: values)
  }

  /// How far apart the worst and the best of some results of one sign are: the smaller divided by
  /// the larger in magnitude, 1 where they are equal and 0 where one is 0.
  ///
  /// - Returns: From 0 to 1; `nil` for results of both signs, of which no ratio has a meaning.
  public static func worstToBest(_ results: [Double]) -> Double? {
    guard let lowest = results.min(), let highest = results.max(), lowest * highest >= 0 else {
      return nil
    }
    let (smaller, larger) = (min(abs(lowest), abs(highest)), max(abs(lowest), abs(highest)))
    return larger == 0 ? 1 : smaller / larger
  }
}

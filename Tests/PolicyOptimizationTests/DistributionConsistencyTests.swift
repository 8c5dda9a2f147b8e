import Foundation
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

/// A distribution of one row as a function of numbers that a network gives, with the same once more in
/// double precision, from the formulas.
private struct Case: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// The numbers.
  let inputs: [Double]
  /// An action.
  let action: [Double]
  /// Makes the distribution of some rows with the same inputs, `[rows, inputs]`.
  let distribution: @Sendable (_ inputs: Variable, _ tape: Tape) -> AnyActionDistribution
  /// The logarithm of an action's probability or density.
  let logProbability: @Sendable (_ inputs: [Double], _ action: [Double]) -> Double
  /// The entropy.
  let entropy: @Sendable (_ inputs: [Double]) -> Double
  /// The logarithm of the slope of what squashes a number.
  var logSlope: @Sendable (Double) -> Double = { _ in 0 }

  static let all = [
    masked, several, gaussian("A Gaussian", at: 0.4), squashed("A squashed Gaussian", at: 0.4),
    squashed("A squashed Gaussian at the edge", at: 9), exploring,
  ]
  static let choices = [masked, several]
  static let numbers = [
    gaussian("A Gaussian", at: 0.4), squashed("A squashed Gaussian", at: 0.4), exploring,
  ]
}

// MARK: Choices

extension Case {
  private static let mask: [Float] = [1, 0, 1, 1, 0]

  /// The logarithms of the probabilities of those choices that are valid.
  private static func logarithms(_ scores: some Sequence<Double>, _ mask: [Float]) -> [Double] {
    let scores = zip(scores, mask).map { $1 == 1 ? $0 : -.infinity }
    let sum = scores.reduce(0) { $0 + exp($1) }
    return scores.map { $0 - log(sum) }
  }

  private static func entropy(_ logarithms: [Double]) -> Double {
    -logarithms.filter(\.isFinite).reduce(0) { $0 + exp($1) * $1 }
  }

  private static func constant(_ numbers: [Float], rows: Int, on tape: Tape) -> Variable {
    tape.constant(
      Tensor(
        shape: [rows, numbers.count], Array(repeatElement(numbers, count: rows).joined())))
  }

  static let masked = Case(
    testDescription: "Choices of which some are invalid", inputs: [0.3, 4, -0.8, 1.1, 7],
    action: [2],
    distribution: { scores, tape in
      AnyActionDistribution.categorical(Categorical(scores: scores))
        .masked(by: constant(mask, rows: scores.shape[0], on: tape))
    },
    logProbability: { logarithms($0, mask)[Int($1[0])] },
    entropy: { entropy(logarithms($0, mask)) })

  private static let severalMask: [Float] = [1, 1, 0, 0, 1, 1]

  private static func components(_ scores: [Double]) -> [[Double]] {
    [
      logarithms(scores[..<2], [1, 1]), logarithms(scores[2..<5], [0, 0, 1]),
      logarithms(scores[5...], [1]),
    ]
  }

  static let several = Case(
    testDescription: "Several choices of which some are invalid",
    inputs: [0.3, -0.5, 2, 1.5, 0.1, 3], action: [1, 2, 0],
    distribution: { scores, tape in
      AnyActionDistribution.multiCategorical(MultiCategorical(scores: scores, counts: [2, 3, 1]))
        .masked(by: constant(severalMask, rows: scores.shape[0], on: tape))
    },
    logProbability: { scores, action in
      zip(components(scores), action).reduce(0) { $0 + $1.0[Int($1.1)] }
    },
    entropy: { components($0).reduce(0) { $0 + entropy($1) } })
}

// MARK: Numbers

extension Case {
  private static func logDensity(_ x: Double, mean: Double, logDeviation: Double) -> Double {
    let distance = (x - mean) / exp(logDeviation)
    return -0.5 * distance * distance - logDeviation - 0.5 * log(2 * Double.pi)
  }

  private static func gaussian(_ inputs: Variable) -> DiagonalGaussian {
    DiagonalGaussian(
      mean: slice(inputs, 0..<2, axis: 1), logStandardDeviation: slice(inputs, 2..<4, axis: 1))
  }

  static func gaussian(_ name: String, at action: Double) -> Case {
    Case(
      testDescription: name, inputs: [0.5, -1.2, -0.7, 0.3], action: [action, -action],
      distribution: { inputs, _ in .gaussian(gaussian(inputs)) },
      logProbability: { inputs, action in
        (0..<2).reduce(0) {
          $0 + logDensity(action[$1], mean: inputs[$1], logDeviation: inputs[2 + $1])
        }
      },
      entropy: { inputs in inputs[2] + inputs[3] + 1 + log(2 * Double.pi) })
  }

  /// log (1 − tanh² u), of which nothing is left in double precision beyond |u| = 19.
  @Sendable private static func logSlope(_ u: Double) -> Double {
    2 * (log(2) - abs(u) - log1p(exp(-2 * abs(u))))
  }

  static func squashed(_ name: String, at action: Double) -> Case {
    let unsquashed = gaussian(name, at: action)
    return Case(
      testDescription: name, inputs: unsquashed.inputs, action: unsquashed.action,
      distribution: { inputs, _ in .squashed(SquashedGaussian(gaussian(inputs))) },
      logProbability: { inputs, action in
        unsquashed.logProbability(inputs, action) - action.reduce(0) { $0 + logSlope($1) }
      },
      entropy: { inputs in
        // −∫ p log p over y for each component, as an integral over u.
        (0..<2).reduce(0) { sum, component in
          let (mean, logDeviation) = (inputs[component], inputs[2 + component])
          return sum
            - stride(from: -12.0, to: 12, by: 0.001).reduce(0) { integral, distance in
              let u = mean + exp(logDeviation) * distance
              let density = logDensity(u, mean: mean, logDeviation: logDeviation)
              return integral + 0.001 * exp(density + logDeviation) * (density - logSlope(u))
            }
        }
      }, logSlope: logSlope)
  }

  private static let features: [Float] = [0.5, -1, 0]

  private static func deviation(_ inputs: [Double], _ component: Int) -> Double {
    let variance = (0..<3).reduce(0) { sum, feature in
      let deviation = exp(inputs[2 + 2 * feature + component]) * Double(features[feature])
      return sum + deviation * deviation
    }
    return 0.5 * log(variance + 1e-6)
  }

  static let exploring = Case(
    testDescription: "State-dependent exploration",
    inputs: [0.5, -1.2, -0.7, 0.3, -1, -0.4, 0.2, 1], action: [0.9, -2],
    distribution: { inputs, tape in
      let exploration = StateDependentExploration(
        features: constant(features, rows: inputs.shape[0], on: tape),
        logDeviations: reshape(slice(slice(inputs, 2..<8, axis: 1), 0..<1, axis: 0), [3, 2]),
        on: tape)
      return .gaussian(
        DiagonalGaussian(
          mean: slice(inputs, 0..<2, axis: 1),
          logStandardDeviation: exploration.logStandardDeviation(), exploration: exploration))
    },
    logProbability: { inputs, action in
      (0..<2).reduce(0) {
        $0 + logDensity(action[$1], mean: inputs[$1], logDeviation: deviation(inputs, $1))
      }
    },
    entropy: { inputs in deviation(inputs, 0) + deviation(inputs, 1) + 1 + log(2 * Double.pi) })
}

// MARK: What must hold

@Suite("A distribution of actions, against its formula in double precision")
struct DistributionConsistencyTests {
  @Test("has that probability or density, and its slopes", arguments: Case.all)
  private func logProbability(_ subject: Case) {
    check(subject, subject.logProbability(subject.inputs, subject.action)) { distribution, tape in
      let action = Tensor(shape: [1, subject.action.count], subject.action.map { Float($0) })
      return distribution.logProbability(of: tape.constant(action))
    } slope: {
      subject.logProbability($0, subject.action)
    }
  }

  @Test("has that entropy, and its slopes", arguments: Case.all)
  private func entropy(_ subject: Case) {
    check(subject, subject.entropy(subject.inputs)) { distribution, _ in
      distribution.entropy()
    } slope: {
      subject.entropy($0)
    }
  }

  /// Compares a number and its slopes with central differences of the formula.
  private func check(
    _ subject: Case, _ expected: Double,
    _ number: (AnyActionDistribution, Tape) -> Variable, slope: ([Double]) -> Double
  ) {
    let tape = Tape()
    let inputs = tape.variable(
      Tensor(shape: [1, subject.inputs.count], subject.inputs.map { Float($0) }))
    let result = number(subject.distribution(inputs, tape), tape)
    #expect(abs(Double(result.tensor.numbers[0]) - expected) < 3e-6 * (1 + abs(expected)))
    tape.pullback([(result, 1)])
    for (index, found) in tape.gradient(of: inputs).numbers.enumerated() {
      func shifted(_ distance: Double) -> Double {
        var inputs = subject.inputs
        inputs[index] += distance
        return slope(inputs)
      }
      let expected = (shifted(1e-4) - shifted(-1e-4)) / 2e-4
      #expect(abs(Double(found) - expected) < 2e-5 * (1 + abs(expected)), "\(index)")
    }
  }

  private func samples(_ subject: Case, rows: Int) -> [[Float]] {
    let tape = Tape(isRecording: false)
    let numbers = subject.inputs.map { Float($0) }
    let inputs = tape.constant(
      Tensor(
        shape: [rows, numbers.count], Array(repeatElement(numbers, count: rows).joined())))
    let width = subject.action.count
    var actions = [Float](repeating: .nan, count: rows * width)
    subject.distribution(inputs, tape).sample(to: &actions) { row in
      RandomStream(seed: 9, purpose: .action, index: row)
    }
    return (0..<rows).map { Array(actions[$0 * width..<($0 + 1) * width]) }
  }

  @Test("gives each action as often as it is probable", arguments: Case.choices)
  private func frequencies(_ subject: Case) {
    let rows = 40_000
    let drawn = Dictionary(grouping: samples(subject, rows: rows)) { $0 }
    var total = 0.0
    for (action, draws) in drawn {
      let expected = exp(subject.logProbability(subject.inputs, action.map { Double($0) }))
      total += expected
      let share = Double(draws.count) / Double(rows)
      #expect(abs(share - expected) < 4 * (expected * (1 - expected) / Double(rows)).squareRoot())
    }
    #expect(abs(total - 1) < 1e-9)
  }

  @Test("gives numbers as often as they are dense", arguments: Case.numbers)
  private func densities(_ subject: Case) {
    let rows = 40_000
    let samples = samples(subject, rows: rows)
    for component in 0..<2 {
      var covered = 0.0
      for bin in -16..<16 {
        let (low, width) = (Double(bin) * 0.25, 0.25)
        let expected = (0..<10).reduce(0.0) {
          $0 + width / 10 * marginal(subject, component, at: low + (Double($1) + 0.5) * width / 10)
        }
        covered += expected
        let share =
          Double(
            samples.count { low <= Double($0[component]) && Double($0[component]) < low + width })
          / Double(rows)
        let error = max(expected * (1 - expected) / Double(rows), 1e-9).squareRoot()
        #expect(abs(share - expected) < 4.5 * error + 1e-4, "\(component) \(low)")
      }
      #expect(covered > 0.9)
    }
  }

  /// The density of one component before squashing: the integral over the other.
  private func marginal(_ subject: Case, _ component: Int, at number: Double) -> Double {
    stride(from: -10.0, to: 10, by: 0.05).reduce(0) { sum, other in
      let point = component == 0 ? [number, other] : [other, number]
      let density = subject.logProbability(subject.inputs, point)
      return sum + 0.05 * exp(density + point.reduce(0) { $0 + subject.logSlope($1) })
    }
  }
}

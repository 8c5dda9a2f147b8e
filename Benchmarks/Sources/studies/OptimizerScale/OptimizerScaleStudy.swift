import ArgumentParser
import Charts
import LossBalancing
import NeuralNetworks
import TensorCore

/// Multiplies losses with constants and looks which optimisers and balancers notice.
struct OptimizerScaleStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizer-scale",
    abstract: "A constant factor on a loss: who notices?",
    discussion: """
      Takes about a minute on one core. There is no randomness but that of one seed.

        swift run -c release studies optimizer-scale
      """)

  @OptionGroup var options: StudyOptions

  func run() throws {
    var csv = Table(["experiment", "row", "column", "value"])
    let claims = wholeLoss(&csv) + firstSteps(&csv) + (try oneTerm(&csv))
    Claim.report(claims)
    try csv.write("optimizer-scale", to: options.output)
    let sheet = ChartSheet(
      [scaleChart, stepChart], title: "A constant factor on a loss", columns: 2)
    try writeResult(sheet.svg, as: "optimizer-scale.svg", to: options.output)
  }

  /// How far NAdam ends from where it ends without a factor.
  private var scaleChart: LineChart {
    let series = [1e-5, 1e-8, 0].map { epsilon in
      Series(
        "ε = \(epsilon.short)",
        points: stride(from: -24, through: 24, by: 2).map { exponent in
          let scale = Double(sign: .plus, exponent: exponent, significand: 1)
          let deviation = ScaledQuadratic(scale: scale).deviation {
            NesterovAdam(count: 5, epsilon: epsilon)
          }
          // A logarithmic axis has no place for 0, which is what single precision cannot tell.
          return Point(x: scale, y: max(deviation, 1e-8))
        })
    }
    return LineChart(
      title: "NAdam on α times a quadratic", x: Axis("α", scale: .logarithmic),
      y: Axis("distance of the ends", scale: .logarithmic), series: series)
  }

  /// How long Adam's first step is.
  private var stepChart: LineChart {
    let series = [1e-8, 1e-5].map { epsilon in
      Series(
        "ε = \(epsilon.short)",
        points: stride(from: -36, through: 0, by: 1).map { exponent in
          let gradient = Double(sign: .plus, exponent: exponent, significand: 1)
          return Point(x: gradient, y: firstStep(epsilon: epsilon, gradient: gradient))
        })
    }
    return LineChart(
      title: "Adam's first step", x: Axis("gradient", scale: .logarithmic),
      y: Axis("part of the learning rate", range: 0...1.05), series: series)
  }

  // MARK: The whole loss

  private static let scales = [1e-6, 1e-3, 1e3, 1e6]

  private func wholeLoss(_ csv: inout Table) -> [Claim] {
    let kinds: [(String, String, () -> any Optimizer)] = [
      ("NAdam, ε = 0", "0, 0, 0, 0", { NesterovAdam(count: 5, epsilon: 0) }),
      ("NAdam, ε = 1e-8", "0.04, 9e-5, 9e-8, 9e-8", { NesterovAdam(count: 5) }),
      ("NAdam, ε = 1e-5", "1.7, 0.04, 9e-5, 9e-5", { NesterovAdam(count: 5, epsilon: 1e-5) }),
      ("Adam, ε = 1e-5", "as NAdam", { Adam(count: 5, epsilon: 1e-5) }),
    ]
    var table = Table(["optimizer", "pilot"] + Self.scales.map { "α = \($0.short)" })
    var deviations: [[Double]] = []
    for (name, pilot, make) in kinds {
      let found = Self.scales.map { ScaledQuadratic(scale: $0).deviation(make) }
      table.add([name, pilot] + found.map(\.short))
      deviations.append(found)
      for (scale, value) in zip(Self.scales, found) {
        csv.add(["whole loss", name, "\(scale)", "\(value)"])
      }
    }
    let descent = ScaledQuadratic(scale: 8).deviation(
      { StochasticGradientDescent(count: 5) }, rate: 0.01 / 8)
    print(
      "\nHow far 200 steps on α times a quadratic end from those on the quadratic, in single",
      "precision; the pilot is in double and on another quadratic.\n\n" + table.text)
    return [
      Claim(
        sentence: "SGD: α = 8 at an eighth of the rate changes no bit", measured: descent.short,
        holds: descent == 0),
      Claim(
        sentence: "NAdam with ε = 0 does not notice α but for rounding",
        measured: (deviations[0].max() ?? 1).short, holds: deviations[0].allSatisfy { $0 < 1e-5 }),
      Claim(
        sentence: "with ε = 1e-5, α = 1e-6 costs more than half of a way of length 1",
        measured: deviations[2][0].short, holds: deviations[2][0] > 0.5),
      Claim(
        sentence: "(α, ε) = (1e-6, 1e-8) and (1e-3, 1e-5) are the same to 5 %",
        measured: "\(deviations[1][0].short), \(deviations[2][1].short)",
        holds: abs(deviations[1][0] / deviations[2][1] - 1) < 0.05),
    ]
  }

  // MARK: The first step

  private func firstSteps(_ csv: inout Table) -> [Claim] {
    let gradients = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7]
    var table = Table(["ε, where"] + gradients.map { "gradient \($0.short)" })
    var worst = 0.0
    for epsilon in [1e-8, 1e-5] {
      let found = gradients.map { firstStep(epsilon: epsilon, gradient: $0) }
      let expected = gradients.map { $0 / ($0 + epsilon) }
      table.add(["\(epsilon.short), ours"] + found.map(\.short))
      table.add(["\(epsilon.short), outside the root"] + expected.map(\.short))
      table.add(
        ["\(epsilon.short), inside the root"]
          + gradients.map { ($0 / ($0 * $0 + epsilon).squareRoot()).short })
      for (gradient, value) in zip(gradients, found) {
        csv.add(["first step", "\(epsilon)", "\(gradient)", "\(value)"])
      }
      worst = zip(found, expected).reduce(worst) { max($0, abs($1.0 / $1.1 - 1)) }
    }
    print("\nAdam's first step as a part of the learning rate.\n\n" + table.text)
    return [
      Claim(
        sentence: "ε stands outside the root", measured: "off by \(worst.short)",
        holds: worst < 1e-5)
    ]
  }

  private func firstStep(epsilon: Double, gradient: Double) -> Double {
    let parameters = Buffer([0])
    Adam(count: 1, epsilon: epsilon).step(
      parameters, gradient: Buffer([Float(gradient)]), gradientScale: 1, learningRate: 1)
    return Double(-parameters[0])
  }

  // MARK: One of two terms

  /// What theory says of a method whose second loss is scaled: the update is the same, or its
  /// direction is, or it is another one.
  private static let same: Set = [
    "running-max", "log", "ema-magnitude", "log-ema-magnitude", "anchored-magnitude",
    "anchored-norm", "vqgan", "encodec", "db-mtl", "nash-mtl", "uncertainty", "imtl-l",
  ]
  private static let direction: Set = [
    "imtl-g", "conflict-free", "norm-balance", "famo", "geometric", "gradnorm",
    "learning-rate-annealing",
  ]

  private func oneTerm(_ csv: inout Table) throws -> [Claim] {
    let steps = 100
    let problem = LocalizationProblem(seed: 1, trainingRows: 64 * steps)
    let names = BalancerRegistry.standard.names
    let count = ScaledTermRun.kinds.count
    let outcomes = results(of: names.count * count, threads: options.threads) { index in
      Result { () throws(BalancerError) in
        try deviation(of: names[index / count], ScaledTermRun.kinds[index % count], problem, steps)
      }
    }
    let found = try outcomes.map { try $0.get() }
    var table = Table(["balancer", "theory: the update"] + ScaledTermRun.kinds.map(\.name))
    for (index, name) in names.enumerated() {
      let own = Array(found[index * count..<(index + 1) * count])
      let theory =
        Self.same.contains(name)
        ? "stays" : Self.direction.contains(name) ? "keeps its direction at rest" : "changes"
      table.add([name, theory] + own.map(\.short))
      for (kind, value) in zip(ScaledTermRun.kinds, own) {
        csv.add(["one term", name, kind.name, "\(value)"])
      }
    }
    print(
      "\nHow far \(steps) steps with the second loss times 1024 end from those without,",
      "relative to the way that they went.\n\n" + table.text)
    return termClaims(names, found)
  }

  /// The distance of the ends, divided by the length of the way of the one without a factor.
  private func deviation(
    of name: String, _ kind: ScaledTermRun.Kind, _ problem: LocalizationProblem, _ steps: Int
  ) throws(BalancerError) -> Double {
    func end(_ factor: Float, steps: Int) throws(BalancerError) -> [Float] {
      try ScaledTermRun(balancer: name, kind: kind, factor: factor, steps: steps)(on: problem)
    }
    let (start, plain, scaled) = (
      try end(1, steps: 0), try end(1, steps: steps), try end(1024, steps: steps)
    )
    return distance(plain, scaled) / distance(plain, start)
  }

  private func distance(_ x: [Float], _ y: [Float]) -> Double {
    zip(x, y).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
  }

  private func termClaims(_ names: [String], _ found: [Double]) -> [Claim] {
    let count = ScaledTermRun.kinds.count
    func worst(_ wanted: Set<String>) -> Double {
      names.indices.filter { wanted.contains(names[$0]) }
        .map { index in found[index * count..<(index + 1) * count].max() ?? 0 }.max() ?? 0
    }
    let exact = worst(["running-max", "log", "ema-magnitude"])
    let fixed = names.firstIndex(of: "fixed").map { found[$0 * count + 1] } ?? 0
    return [
      Claim(
        sentence: "a power of two on one loss changes no bit with running-max, log, ema-magnitude",
        measured: exact.short, holds: exact == 0),
      Claim(
        sentence: "with the other scale-free methods the way changes by less than 2 %",
        measured: worst(Self.same).short, holds: worst(Self.same) < 0.02),
      Claim(
        sentence: "with fixed coefficients it does, under Adam too", measured: fixed.short,
        holds: fixed > 0.2),
    ]
  }
}

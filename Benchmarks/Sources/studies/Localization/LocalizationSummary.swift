/// What a method has reached at each learning rate, as means over the seeds.
struct LocalizationSummary {
  /// The scores at one learning rate.
  struct Place {
    let rate: Double
    let validation: LocalizationScore
    let test: LocalizationScore
    let weights: [Double]
    /// The lowest weight at the end of any seed.
    let lowestWeight: Double

    var text: String { "\(test.accuracy.digits(3)) / \(test.boxError.digits(3))" }
  }

  let method: LocalizationMethod
  let places: [Place]
  let firstLosses: [Double]

  /// Sums up `results`: those of all seeds at the first rate, then at the second and so on.
  init(method: LocalizationMethod, rates: [Double], results: [LocalizationRun.Result]) {
    self.method = method
    let seeds = results.count / rates.count
    places = rates.indices.map { index in
      let own = results[index * seeds..<(index + 1) * seeds]
      return Place(
        rate: rates[index], validation: .mean(own.map(\.validation)), test: .mean(own.map(\.test)),
        weights: own.first?.lastWeights ?? [],
        lowestWeight: own.flatMap(\.lastWeights).min() ?? 0)
    }
    firstLosses = results[0].firstLosses
  }

  /// At the rate that is best for the classes, or for the boxes where they are all that is trained.
  var bestForClasses: Place {
    method.name == "box alone"
      ? best { -$0.validation.boxError } : best { $0.validation.accuracy }
  }

  /// The box error, in deviations, below which boxes count as learned.
  static let learned = 0.5

  /// The best for the classes among the rates at which the boxes are learned, if there is one.
  var bestForBoth: Place? {
    if method.name == "box alone" { return bestForClasses }
    return places.filter { $0.validation.boxError < Self.learned }
      .max { $0.validation.accuracy < $1.validation.accuracy }
  }

  private func best(_ score: (Place) -> Double) -> Place {
    places.max { score($0) < score($1) } ?? places[0]
  }
}

/// What theory says about the methods.
struct LocalizationClaims {
  private let summaries: [LocalizationSummary]

  init(_ summaries: [LocalizationSummary]) { self.summaries = summaries }

  func claims(under optimizer: String) -> [Claim] {
    optimizer == "Adam" ? underAdam : underDescent
  }

  private func summary(_ name: String) -> LocalizationSummary? {
    summaries.first { $0.method.name == name }
  }

  /// The accuracy above that of the classes alone, in points, where both are learned.
  private func points(_ name: String) -> Double {
    guard let alone = summary("class alone")?.bestForClasses.test.accuracy,
      let both = summary(name)?.bestForBoth?.test.accuracy
    else { return .nan }
    return 100 * (both - alone)
  }

  private func boxError(_ name: String) -> Double {
    summary(name)?.bestForClasses.test.boxError ?? .nan
  }

  private var underAdam: [Claim] {
    let sum = points("sum")
    let negative = summary("gradnorm-published")?.places.contains { $0.lowestWeight < 0 } ?? false
    return [
      Claim(
        sentence: "Adam: the sum loses at least 15 points of accuracy", measured: sum.digits(1),
        holds: sum <= -15)
    ]
      + ["running-max", "log"].map { name in
        Claim(
          sentence: "Adam: \(name) within 3 points of the classes alone",
          measured: points(name).digits(1), holds: points(name) >= -3)
      } + [
        Claim(
          sentence: "Adam: GradNorm as published gives a negative weight",
          measured: negative ? "it does" : "it does not", holds: negative)
      ]
  }

  private var underDescent: [Claim] {
    let (maximum, logarithm) = (summary("running-max")?.bestForBoth, points("log"))
    return ["running-max", "log"].map { name in
      Claim(
        sentence: "SGD: \(name) starves the boxes: error above 2 where the classes are best",
        measured: boxError(name).digits(2), holds: boxError(name) > 2)
    } + [
      Claim(
        sentence: "SGD: running-max learns the boxes at no rate",
        measured: maximum.map(\.text) ?? "at none", holds: maximum == nil),
      Claim(
        sentence: "SGD: log loses more than 3 points where both are learned",
        measured: logarithm.digits(1), holds: logarithm < -3),
    ]
  }
}

import LossBalancing
import PolicyOptimization

/// What a display of progress shows: how far a run is, and how it goes.
struct ProgressState: Sendable {
  /// A loss term as it is shown.
  struct Term: Sendable, Hashable {
    var name: String
    /// Its value, L.
    var value: Double
    /// Its weight, λ.
    var weight: Double
  }

  /// Steps of all environments together, so far and at the end.
  var timestep = 0
  var totalTimesteps = 1
  var stepsPerSecond = 0.0
  /// The mean return of the last 100 episodes, `nil` if none has finished.
  var meanReturn: Double?
  /// The mean return as it was from the start of the run up to now.
  var history = ReturnHistory()
  var terms: [Term] = []

  /// How much of the run is done, from 0 to 1.
  var done: Double { min(Double(timestep) / Double(max(totalTimesteps, 1)), 1) }

  /// How long the rest will take, in seconds; `nil` if nothing is known of the speed.
  var secondsLeft: Double? {
    stepsPerSecond > 0 ? Double(max(totalTimesteps - timestep, 0)) / stepsPerSecond : nil
  }

  /// Takes an update into account.
  mutating func add(_ report: UpdateReport, stepsPerSecond: Double) {
    timestep = report.timestep
    totalTimesteps = report.totalTimesteps
    self.stepsPerSecond = stepsPerSecond
    meanReturn = report.meanReturn
    if let meanReturn { history.add(meanReturn) }
    let balance = report.balance
    terms = zip(balance.names, zip(balance.values, report.weights)).map {
      Term(name: $0, value: $1.0, weight: $1.1)
    }
  }
}

/// Numbers in the order in which they came, of which neighbours are merged where there are many.
struct ReturnHistory: Sendable, Hashable {
  /// How many numbers are kept at most.
  static let capacity = 128

  private(set) var values: [Double] = []
  /// How many numbers each value is the mean of.
  private var span = 1
  private var sum = 0.0
  private var count = 0

  mutating func add(_ value: Double) {
    sum += value
    count += 1
    guard count == span else { return }
    values.append(sum / Double(span))
    (sum, count) = (0, 0)
    if values.count == Self.capacity {
      values = stride(from: 0, to: values.count, by: 2).map { (values[$0] + values[$0 + 1]) / 2 }
      span *= 2
    }
  }

  /// As many means of neighbours as fit into a width, at most one for each value.
  func means(_ width: Int) -> [Double] {
    let places = max(min(width, values.count), 0)
    return (0..<places).map { place in
      let part = values[place * values.count / places..<(place + 1) * values.count / places]
      return part.reduce(0, +) / Double(part.count)
    }
  }
}

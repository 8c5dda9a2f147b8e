import EnvironmentKit

/// Why a training run could not go on: a number became infinite or NaN, or an environment left nothing
/// to choose, in training or in an evaluation during it.
///
/// The trainer is then in the state that it had before the iteration, so its checkpoint is good, and
/// training on from there fails at the same place again.
public struct TrainingError: Error, CustomStringConvertible, Sendable {
  /// Where the number was found.
  public enum Place: Sendable, Hashable {
    /// At a minibatch, counted from 1 in the run.
    case minibatch(Int)
    /// In what an environment gave, after that many steps of all environments together.
    case environment(Int, timestep: Int)
    /// In an observation with parts that are bytes, which an environment gave after that many steps of
    /// all environments together.
    case bytes(environment: Int, timestep: Int)
    /// In the weights that the balancer was to choose for a minibatch, counted from 1 in the run.
    case weights(minibatch: Int)
    /// In the mask of an environment, which allows no choice of a component of the action after that
    /// many steps of all environments together.
    case mask(component: Int, environment: Int, timestep: Int)
    /// In what was made of rewards and values that were finite, at the step of that environment that
    /// followed `timestep`.
    case advantage(environment: Int, timestep: Int)
    /// In what the policy made of an observation that is finite.
    case policy(environment: Int, timestep: Int)
    /// In an episode of an evaluation during training, from 0, after that many of its steps.
    case evaluation(episode: Int, step: Int)
    /// In the simulator of some environments, which failed at the step that led to `timestep`.
    case simulator(Range<Int>, timestep: Int)
  }

  /// What is wrong, which is mostly a number that is not finite.
  public let what: String
  /// The number.
  public let value: Double
  /// Where it was found.
  public let place: Place
  /// The first operation that gave such a number, if anomalies were looked for and one was found.
  public internal(set) var operation: String?
  /// The timestep at which the iteration began that failed.
  public internal(set) var timestep = 0
  /// The seed of the run.
  public internal(set) var seed: UInt64 = 0
  /// What a failed simulator reports beyond its sentence, such as a traceback.
  public internal(set) var details: String?

  /// The first of the minibatches, counted from 1 in the run, after which the number was not looked at
  /// before it was found; `nil` where it was looked at after each.
  var firstUnchecked: Int?
  /// What may help, besides looking for what is wrong; begins a sentence.
  var remedy = "Lower the learning rate"

  private let cause: Cause
  /// The sentence of an evaluation that has failed.
  private var sentence = ""

  /// What has made an advantage too large.
  enum Cause: Sendable {
    case rewards
    /// Values, of which this is the largest.
    case values(Float)
  }

  init(
    _ what: String, _ value: some BinaryFloatingPoint, at place: Place,
    causedBy cause: Cause = .rewards
  ) {
    self.what = what
    self.value = Double(value)
    self.place = place
    self.cause = cause
  }

  /// What a simulator has thrown.
  init(simulator error: any Error, stepping environments: Range<Int>, timestep: Int) {
    self.init(
      "\(error)", Double.nan, at: .simulator(environments, timestep: timestep))
    details = (error as? any DetailedError)?.details
  }

  /// What an evaluation during training has found; `nil` if it was stopped.
  init?(_ error: EvaluationError) {
    let place = Place.evaluation(episode: error.episode, step: error.step)
    switch error.problem {
    case .notFinite(let quantity, let value): self.init(quantity.rawValue, value, at: place)
    case .simulator: self.init("simulator", Double.nan, at: place)
    case .noValidChoice: self.init("number of valid choices", 0, at: place)
    case .stopped: return nil
    }
    sentence = error.description
  }

  /// What was found, where, and what to do.
  public var description: String {
    let origin = operation.map { " It comes from \($0)." } ?? ""
    return "\(finding)\(origin) The iteration began at timestep \(timestep); the seed is \(seed)."
  }

  private var finding: String {
    switch place {
    case .minibatch(let number):
      """
      The \(what) is \(value) at minibatch \(number) of the run; it must be finite.\(since(number)) \
      \(remedy), or look for what the environment returned.
      """
    case .weights(let minibatch):
      "No weights were chosen at minibatch \(minibatch) of the run: \(what)"
    case .environment(let environment, let timestep):
      """
      Environment \(environment) gave \(what) that is not finite, at timestep \(timestep) of the \
      run; check it with EnvironmentChecker.
      """
    case .bytes(let environment, let timestep):
      """
      Environment \(environment) gave \(what) that cannot be kept, at timestep \(timestep) of the run: \
      numbers must be finite, and those of parts that are bytes whole numbers from 0 to 255. Check it \
      with EnvironmentChecker.
      """
    case .mask(let component, let environment, let timestep):
      """
      Environment \(environment) allows no choice of component \(component) of the action, at \
      timestep \(timestep) of the run; at least one must be valid. Check it with EnvironmentChecker.
      """
    case .advantage(let environment, let timestep):
      """
      The \(what) of environment \(environment) at timestep \(timestep) of the run is \(value), \
      though the reward was finite: \(blame)
      """
    case .evaluation: sentence
    case .policy(let environment, let timestep):
      """
      The \(what) that the policy gave environment \(environment) at timestep \(timestep) of the \
      run is \(value), though what it saw is finite: its parameters have grown too large. \(remedy).
      """
    case .simulator(let environments, let timestep):
      """
      Environments \(environments.lowerBound) to \(environments.upperBound - 1) could not be \
      stepped, at timestep \(timestep) of the run: \(what)
      """
    }
  }

  /// From where on the number may have been as it is.
  private func since(_ number: Int) -> String {
    guard let firstUnchecked, firstUnchecked < number else { return "" }
    return
      " It was looked at after the update; any minibatch from \(firstUnchecked) on may have made it."
  }

  private var blame: String {
    switch cause {
    case .rewards:
      "rewards are too large for single precision. Lower the factor of the rewards."
    case .values(let largest):
      "the values that the network gives have grown to \(largest). \(remedy)."
    }
  }
}

extension Hyperparameters {
  /// Returns that are larger have squares, and gradients have, that single precision may not hold.
  static var largestUsualReturn: Float { 1e9 }

  /// What helps against numbers that grow beyond all bounds, and is not in use yet.
  ///
  /// - Parameter largestReturn: The largest size of the returns that the value is to predict.
  /// - Returns: A sentence without its end.
  func remedyAgainstDivergence(largestReturn: Float = 0) -> String {
    let others = [
      rewardScale > 1 ? "lower the factor of the rewards" : nil,
      maximumGradientNorm == nil ? "limit the norm of the gradient" : nil,
      normalizesObservations ? nil : "normalise the observations",
      normalizesReturns ? nil : "normalise the returns",
    ]
    guard largestReturn > Self.largestUsualReturn else {
      return (["Lower the learning rate"] + others.compactMap(\.self)).joined(separator: ", or ")
    }
    let factor = rewardScale == 1 ? "" : ", since rewards are multiplied by \(rewardScale)"
    return """
      The value is to predict returns of up to \(largestReturn)\(factor): \
      \(rewardScale > 1 ? "lower the factor of the rewards" : "let the environment give smaller rewards")\
      \(normalizesReturns ? "" : ", or normalise the returns")
      """
  }
}

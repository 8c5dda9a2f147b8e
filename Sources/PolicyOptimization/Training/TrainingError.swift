/// Why a training run could not go on: a number became infinite or none at all, or an environment
/// left nothing to choose.
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
    /// In the mask of an environment, which allows no choice of a component of the action after that
    /// many steps of all environments together.
    case mask(component: Int, environment: Int, timestep: Int)
    /// In what was made of rewards and values, at the step of that environment that followed
    /// `timestep`.
    case advantage(environment: Int, timestep: Int)
    /// In what the policy made of an observation that is finite.
    case policy(environment: Int, timestep: Int)
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

  init(_ what: String, _ value: some BinaryFloatingPoint, at place: Place) {
    self.what = what
    self.value = Double(value)
    self.place = place
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
      The \(what) is \(value) at minibatch \(number) of the run; it must be finite. Lower the \
      learning rate, normalise observations or rewards, or look for what the environment returned.
      """
    case .environment(let environment, let timestep):
      """
      Environment \(environment) gave \(what) that is not finite, at timestep \(timestep) of the \
      run; check it with EnvironmentChecker.
      """
    case .mask(let component, let environment, let timestep):
      """
      Environment \(environment) allows no choice of component \(component) of the action, at \
      timestep \(timestep) of the run; at least one must be valid. Check it with EnvironmentChecker.
      """
    case .advantage(let environment, let timestep):
      """
      The \(what) of environment \(environment) at timestep \(timestep) of the run is \(value), \
      though the reward was finite: rewards are too large for single precision. Lower the \
      factor of the rewards, or normalise the returns.
      """
    case .policy(let environment, let timestep):
      """
      The \(what) that the policy gave environment \(environment) at timestep \(timestep) of the \
      run is \(value), though what it saw is finite: its parameters have grown too large. Lower the \
      learning rate, or normalise observations or rewards.
      """
    }
  }
}

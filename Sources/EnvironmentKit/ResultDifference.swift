/// In what two results of a step differ that should be the same to the bit.
public struct ResultDifference: Sendable, Hashable {
  /// What can differ.
  public enum Quantity: Sendable, Hashable {
    /// A component of the observation.
    case observation(component: Int)
    /// A component of the last observation of an episode.
    case finalObservation(component: Int)
    /// The reward.
    case reward
    /// How the step left the episode: the raw value of an ``Ending``.
    case ending
    /// The sum of the rewards of an episode.
    case episodeReturn
    /// The number of steps of an episode.
    case episodeLength
  }

  /// What differs.
  public let quantity: Quantity
  /// Its value in the first result.
  public let first: Double
  /// Its value in the second result.
  public let second: Double

  /// Compares two values of a quantity; `nil` if they are the same, as NaN is the same as NaN.
  init?(_ quantity: Quantity, _ first: Double, _ second: Double) {
    guard first.bitPattern != second.bitPattern, !(first.isNaN && second.isNaN) else { return nil }
    self.quantity = quantity
    self.first = first
    self.second = second
  }
}

extension ResultDifference: CustomStringConvertible {
  /// What differs and how, as a part of a sentence.
  public var description: String { "\(quantity) is \(first) and \(second)" }
}

extension ResultDifference.Quantity: CustomStringConvertible {
  /// The name of the quantity, as a part of a sentence.
  public var description: String {
    switch self {
    case .observation(let component): "component \(component) of the observation"
    case .finalObservation(let component): "component \(component) of the last observation"
    case .reward: "the reward"
    case .ending: "how the episode ended (0 not, 1 terminated, 2 truncated)"
    case .episodeReturn: "the sum of the rewards of the episode"
    case .episodeLength: "the number of steps of the episode"
    }
  }
}

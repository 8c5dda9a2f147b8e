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
    /// Whether the task ended the episode: 0 or 1.
    case terminated
    /// Whether the time limit ended the episode: 0 or 1.
    case truncated
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
    case .terminated: "whether the task ended (0 or 1)"
    case .truncated: "whether the time was up (0 or 1)"
    case .episodeReturn: "the sum of the rewards of the episode"
    case .episodeLength: "the number of steps of the episode"
    }
  }
}

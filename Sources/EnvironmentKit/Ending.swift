/// How a step leaves the episode that it belongs to.
///
/// The raw values are those of memory: what steps many environments may write 0 or 1 for a task that
/// goes on or is over.
public enum Ending: UInt8, Sendable, Hashable, Codable {
  /// The episode goes on.
  case none
  /// The task itself is over: what follows is worth nothing.
  case terminated
  /// The episode is cut off, by a time limit or by the environment itself, although the task could go
  /// on: what would have followed is worth what is expected of the last observation.
  case truncated
}

extension Outcome {
  /// Cuts off an episode that goes on although its time is up.
  ///
  /// - Parameters:
  ///   - limit: After how many steps an episode is cut off, or `nil` for never.
  ///   - length: How many steps it has taken.
  @inlinable
  mutating func applyTimeLimit(_ limit: Int?, after length: Int) {
    if ending == .none, let limit, length >= limit { ending = .truncated }
  }
}

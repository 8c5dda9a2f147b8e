/// Which updates of a run are recorded: so many at most, spread evenly over its steps.
///
/// What is recorded depends on the steps alone, so that a run that was interrupted leaves the records
/// of one that was not.
public struct RecordThinning: Sendable, Hashable {
  /// How many updates are recorded at most, besides those that are recorded in any case; 0 for all.
  public let count: Int
  /// How many steps the run is to take.
  public let totalTimesteps: Int

  /// How many are recorded if nothing is said: more than a picture can show.
  public static let defaultCount = 2_000

  /// Chooses updates.
  ///
  /// - Parameters:
  ///   - count: How many at most; 0 for all.
  ///   - totalTimesteps: How many steps the run is to take, at least 1.
  public init(count: Int = defaultCount, totalTimesteps: Int) {
    self.count = max(count, 0)
    self.totalTimesteps = max(totalTimesteps, 1)
  }

  /// Whether an update is recorded because of its place in the run: the first, the last, and each that
  /// enters another of ``count`` equal parts.
  ///
  /// - Parameters:
  ///   - timestep: The steps after the update.
  ///   - before: The steps after the update before.
  /// - Returns: Whether it is.
  public func keeps(_ timestep: Int, after before: Int) -> Bool {
    count == 0 || before <= 0 || timestep >= totalTimesteps || part(timestep) > part(before)
  }

  private func part(_ timestep: Int) -> Int {
    let (high, low) = timestep.multipliedFullWidth(by: count)
    guard high < totalTimesteps else { return count }
    return totalTimesteps.dividingFullWidth((high, low)).quotient
  }
}

/// Hyperparameters that are known to work for an environment.
///
/// Those of the built-in environments are in the module `ControlPresets`. For other environments a
/// preset is made the same way:
///
///     Preset("Corridor", "default", source: "tried by hand", reached: nil) {
///       $0.totalTimesteps = 20_000
///     }
public struct Preset: Sendable {
  /// The name of the environment that it was made for.
  public let environment: String
  /// Its own name: `default`, or what sets it apart.
  public let name: String
  /// Where the numbers come from, in a few words.
  public let source: String
  /// Returns of policies that were trained with it, if measured.
  public let reached: ReachedReturns?
  /// The hyperparameters.
  public let hyperparameters: Hyperparameters

  /// Describes a preset.
  ///
  /// - Parameters:
  ///   - environment: The name of the environment.
  ///   - name: The name of the preset.
  ///   - source: Where the numbers come from.
  ///   - reached: What was measured with it.
  ///   - adjust: Changes what differs from the defaults.
  public init(
    _ environment: String, _ name: String, source: String, reached: ReachedReturns?,
    adjust: (inout Hyperparameters) -> Void
  ) {
    self.environment = environment
    self.name = name
    self.source = source
    self.reached = reached
    var hyperparameters = Hyperparameters()
    adjust(&hyperparameters)
    self.hyperparameters = hyperparameters
  }
}

/// What several seeds of a preset have reached: statistics of the seeds' mean returns, in the
/// environment's own units, each the mean of deterministic episodes after the last step.
public struct ReachedReturns: Sendable, Codable, Hashable {
  /// The mean of the middle half of the seeds.
  public let interquartileMean: Double
  /// The median of the seeds.
  public let median: Double
  /// The seed that did worst.
  public let lowest: Double

  /// Names the statistics.
  public init(interquartileMean: Double, median: Double, lowest: Double) {
    self.interquartileMean = interquartileMean
    self.median = median
    self.lowest = lowest
  }

  private enum CodingKeys: String, CodingKey {
    case interquartileMean = "iqm_return"
    case median = "median_return"
    case lowest = "min_return"
  }
}

/// The last 100 episodes of a run, and whether they solve the task.
struct EpisodeStatistics: Sendable, Codable, Hashable {
  static let window = 100

  private(set) var count = 0
  /// Returns and lengths of the last episodes, the oldest overwritten first.
  private var returns: [Double] = []
  private var lengths: [Int] = []
  /// When the mean return first reached the threshold.
  private(set) var solvedAt: Int?

  /// Whether the parts agree; what was read from a file may not.
  var isUsable: Bool {
    0...1 << 52 ~= count && returns.count == lengths.count
      && returns.count == min(count, Self.window) && lengths.allSatisfy { 0...1 << 52 ~= $0 }
  }

  /// Takes an episode into account.
  ///
  /// - Parameters:
  ///   - episode: The episode.
  ///   - threshold: The mean return of 100 episodes from which on the task is solved.
  mutating func add(_ episode: FinishedEpisode, threshold: Double?) {
    if returns.count < Self.window {
      returns.append(episode.episodeReturn)
      lengths.append(episode.length)
    } else {
      returns[count % Self.window] = episode.episodeReturn
      lengths[count % Self.window] = episode.length
    }
    count += 1
    if let threshold, solvedAt == nil, count >= Self.window, let mean = meanReturn,
      mean >= threshold
    {
      solvedAt = episode.timestep
    }
  }

  var meanReturn: Double? {
    returns.isEmpty ? nil : returns.reduce(0, +) / Double(returns.count)
  }

  var meanLength: Double? {
    lengths.isEmpty ? nil : Double(lengths.reduce(0, +)) / Double(lengths.count)
  }
}

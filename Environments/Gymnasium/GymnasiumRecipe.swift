import Foundation

/// How an environment of Gymnasium is made and stepped.
public struct GymnasiumRecipe: Sendable, Hashable {
  /// The id, with a module before a colon where one must be imported.
  public var id: String
  /// What is handed to `gymnasium.make`.
  public var options: [String: OptionValue] = [:]
  /// After how many steps an episode is truncated, or `nil` for the environment's own limit.
  public var timeLimit: Int?
  /// The Python.
  public var python: PythonInterpreter
  /// Whether choices are masked by `info["action_mask"]` or `action_masks()`.
  public var usesActionMasks = false
  /// Whether each episode is seeded, and not only the first of a copy; `nil` for what suits the id.
  ///
  /// Atari games load their ROM again when they are seeded, which takes a quarter of a second.
  public var reseedsEpisodes: Bool?
  /// What is done to observations before they are seen, or `nil` for nothing.
  public var preprocessing: ImagePreprocessing?
  /// Whether images come plane by plane, `[channels, height, width]`, and are to be turned to
  /// `[height, width, channels]`, which convolutions take.
  public var hasPlanesFirst = false
  /// How many worker processes step a batch at most. More than the processor has cores only cost.
  public var workerCount: Int = ProcessInfo.processInfo.activeProcessorCount
  /// How long a step may take, in seconds, or `nil` for any time.
  public var secondsForStep: Double?

  /// Describes how an environment is made.
  public init(
    id: String, options: [String: OptionValue] = [:], timeLimit: Int? = nil,
    python: PythonInterpreter
  ) {
    self.id = id
    self.options = options
    self.timeLimit = timeLimit
    self.python = python
  }

  /// Whether each episode is seeded.
  var seedsEveryEpisode: Bool {
    reseedsEpisodes ?? !id.split(separator: ":").contains { $0.hasPrefix("ALE/") }
  }

  /// What makes the task another one, as text; `nil` if nothing does.
  var fingerprint: String? {
    struct Changes: Encodable {
      let options: [String: OptionValue]?
      let timeLimit: Int?
      let usesActionMasks: Bool?
      let preprocessing: ImagePreprocessing?
      let hasPlanesFirst: Bool?
    }
    if options.isEmpty && timeLimit == nil && !usesActionMasks && preprocessing == nil
      && !hasPlanesFirst
    {
      return nil
    }
    let changes = Changes(
      options: options.isEmpty ? nil : options, timeLimit: timeLimit,
      usesActionMasks: usesActionMasks ? true : nil, preprocessing: preprocessing,
      hasPlanesFirst: hasPlanesFirst ? true : nil)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(changes)).map { String(decoding: $0, as: UTF8.self) }
  }

  var request: EnvironmentRequest {
    EnvironmentRequest(
      id: id, options: options, timeLimit: timeLimit, masks: usesActionMasks,
      preprocessing: preprocessing, planesFirst: hasPlanesFirst)
  }
}

/// What is done to the images of an environment before they are seen.
public enum ImagePreprocessing: String, Sendable, Codable, Hashable, CaseIterable {
  /// That of Atari games, by Gymnasium's wrapper: grey, 84 × 84 pixels by area, four frames a step of
  /// which the larger of the last two counts, up to 30 steps of doing nothing at first, and the last four
  /// such frames as channels.
  ///
  /// Source: Machado et al., *Revisiting the Arcade Learning Environment*, 2018,
  /// <https://arxiv.org/abs/1709.06009>.
  case atari
}

import ArgumentParser

/// Experiments of which theory says what they should show: each prints that beside what was measured.
@main
struct Studies: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "studies",
    abstract: "Measures what balancers do, beside what theory expects, and what presets reach.",
    discussion: """
      Each study prints its tables and writes them, with a picture, to a folder. Seeds are fixed.

        swift run -c release studies localization
      """,
    subcommands: [
      LocalizationStudy.self, ContentLossStudy.self, OptimizerScaleStudy.self,
      RewardScaleStudy.self, PresetsStudy.self, TuneStudy.self, TuneReplayStudy.self,
      ImagesStudy.self,
    ])
}

/// What all studies can be told.
struct StudyOptions: ParsableArguments {
  @Option(help: "The folder that tables and pictures are written to; it is made.")
  var output = "results"

  @Option(help: "How many runs are made at once. The numbers do not depend on it.")
  var threads = 1

  @Option(help: "How many seeds, beginning with 1.")
  var seeds = 5

  /// What numbers are means of, in words.
  func meanOfSeeds(_ mean: String = "mean") -> String {
    seeds == 1 ? "one seed" : "\(mean) of \(seeds) seeds"
  }

  func validate() throws {
    if threads < 1 || seeds < 1 {
      throw ValidationError(
        "There must be at least one thread and one seed; got \(threads) and \(seeds).")
    }
  }
}

/// Checks that an environment keeps its contract, and reports what violates it.
///
/// Tests an environment in one line:
///
///     @Test func corridorKeepsItsContract() throws {
///       try EnvironmentChecker().check(Corridor())
///     }
///
/// It plays episodes with random actions and looks at everything that comes of them. It then plays
/// them again with the same seed (the results must be the same to the bit), two of them in turns (one
/// must not change the other), and once more with a state that is stored and read again in between (as in a
/// checkpoint). It steps several environments at once and compares with one at a time.
///
/// An environment that writes or reads more numbers than its spaces count is stopped by Swift
/// itself, in the line that does so.
///
/// What it cannot find: a wrong equation, a reward that teaches something else, and whatever random
/// actions do not reach. It never steps a state whose last step ended the episode; what an
/// environment does then is undefined.
public struct EnvironmentChecker: Sendable {
  /// How many episodes are played.
  public var episodes = 5
  /// After how many steps an episode is given up that does not end.
  public var stepLimit = 5_000
  /// The seed of the episodes and of the actions.
  public var seed: UInt64 = 1

  /// More steps than a run can have; all are counted in 64 bits.
  static let mostSteps = 1 << 52

  /// A checker with the settings that suit most environments.
  public init() {}

  /// All that is wrong with an environment; each thing once, where it was first found.
  ///
  /// - Parameter environment: The environment.
  /// - Returns: The findings, none if the environment keeps its contract as far as one can see.
  public func findings<Base: Environment>(in environment: Base) -> [EnvironmentFinding] {
    var report = FindingReport(environment: environment.name)
    inspectDeclarations(of: environment, report: &report)
    // Without choices there is no action to play an episode with.
    guard report.findings.isEmpty else { return report.findings }

    let transcripts = (0..<episodes).map { episode in
      inspectEpisode(episode, of: environment, report: &report)
    }
    for (episode, transcript) in transcripts.enumerated() {
      inspectRepetition(of: transcript, episode: episode, in: environment, report: &report)
    }
    // What is not the same twice cannot be compared with anything else either.
    guard report.canCompare else { return report.findings }
    inspectCompany(of: transcripts, in: environment, report: &report)
    guard report.canCompare else { return report.findings }
    for (episode, transcript) in transcripts.enumerated() {
      inspectCopying(of: transcript, episode: episode, in: environment, report: &report)
      inspectCoding(of: transcript, episode: episode, in: environment, report: &report)
    }
    inspectRows(of: environment, report: &report)
    return report.findings
  }

  /// All that is wrong with an environment whose type is not known when the program is compiled, or
  /// that makes batches of its own.
  ///
  /// - Parameter environment: The environment.
  /// - Returns: The findings, none if the environment keeps its contract as far as one can see.
  /// - Throws: An error whose description is a sentence, if a batch cannot be made or fails.
  public func findings(inAny environment: any BatchableEnvironment) throws -> [EnvironmentFinding] {
    if let environment = environment as? any Environment { return findings(in: environment) }
    var report = FindingReport(environment: environment.name)
    inspectDeclarations(of: environment, report: &report)
    if report.findings.isEmpty { try inspectBatches(of: environment, report: &report) }
    return report.findings
  }

  /// Throws the first thing that is wrong with an environment.
  ///
  /// - Parameter environment: The environment.
  /// - Throws: An ``EnvironmentFinding``, whose description is a sentence.
  public func check<Base: Environment>(_ environment: Base) throws(EnvironmentFinding) {
    if let finding = findings(in: environment).first { throw finding }
  }

  /// Throws the first thing that is wrong with what an environment says of itself: with its spaces,
  /// its time limit and its masks. Nothing is played, so that it takes no time.
  ///
  /// - Parameter environment: The environment.
  /// - Throws: An ``EnvironmentFinding``, whose description is a sentence.
  public func checkDeclarations(
    of environment: any BatchableEnvironment
  ) throws(EnvironmentFinding) {
    var report = FindingReport(environment: environment.name)
    inspectDeclarations(of: environment, report: &report)
    if let finding = report.findings.first { throw finding }
  }
}

/// Collects findings, each kind of problem once.
struct FindingReport {
  let environment: String
  private(set) var findings: [EnvironmentFinding] = []
  private var kinds: Set<String> = []

  init(environment: String) { self.environment = environment }

  /// Whether episodes go as they went before, so that something else can be found by comparing.
  private(set) var canCompare = true

  /// Notes a problem, unless one like it was found before.
  ///
  /// - Parameters:
  ///   - problem: What is wrong.
  ///   - place: Where.
  ///   - component: Which component it concerns; problems of different ones are all noted.
  mutating func note(
    _ problem: EnvironmentFinding.Problem, at place: EnvironmentFinding.Place? = nil,
    component: Int = 0
  ) {
    switch problem {
    case .notDeterministic, .episodesInterfere: canCompare = false
    default: break
    }
    // Problems of one case are of one kind, whatever numbers they carry.
    let name = Mirror(reflecting: problem).children.first?.label ?? "\(problem)"
    guard kinds.insert("\(name) \(component)").inserted else { return }
    findings.append(
      EnvironmentFinding(environment: environment, problem: problem, place: place))
  }
}

extension EnvironmentChecker {
  /// Looks at what an environment says of itself.
  private func inspectDeclarations(
    of environment: any BatchableEnvironment, report: inout FindingReport
  ) {
    let (observations, observationsAgain) = (
      environment.observationSpace, environment.observationSpace
    )
    if observations != observationsAgain {
      report.note(
        .observationSpaceChanges(first: observations.count, second: observationsAgain.count))
    }
    let (actions, actionsAgain) = (environment.actionSpace, environment.actionSpace)
    if actions != actionsAgain {
      report.note(
        .actionSpaceChanges(
          first: actions.componentCount, second: actionsAgain.componentCount))
    }
    if environment.observationSpace.count == 0 { report.note(.observationSpaceEmpty) }
    if environment.actionSpace.componentCount == 0 { report.note(.actionSpaceEmpty) }
    for (component, count) in environment.actionSpace.choiceCounts.enumerated() where count < 1 {
      report.note(.noChoices(component: component, count: count), component: component)
    }
    if let component = environment.observationSpace.firstIndexWithoutNumber {
      report.note(.observationWithoutNumber(component: component))
    }
    if case .box(let box) = environment.actionSpace, let component = box.firstIndexWithoutNumber {
      report.note(.actionWithoutNumber(component: component))
    }
    if environment.hasActionMask, environment.actionSpace.choiceCounts.isEmpty {
      report.note(.masksRealNumbers)
    }
    if let limit = environment.timeLimit, limit < 1 {
      report.note(.timeLimitNotPositive(limit: limit))
    }
    if let limit = environment.timeLimit, limit > Self.mostSteps {
      report.note(.timeLimitNeverComes(limit: limit))
    }
  }
}

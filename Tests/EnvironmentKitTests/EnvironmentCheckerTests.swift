import EnvironmentKit
import Testing

@Suite("The checker of environments")
struct EnvironmentCheckerTests {
  /// The findings of a walk with one thing wrong, as sentences.
  private func sentences(_ fault: FaultyWalk.Fault) -> [String] {
    EnvironmentChecker().findings(in: FaultyWalk(fault)).map(\.description)
  }

  @Test("An environment without a fault passes")
  func passesGoodOnes() throws {
    try EnvironmentChecker().check(FaultyWalk(.none))
    try EnvironmentChecker().check(Countdown())
    try EnvironmentChecker().check(Wanderer())
  }

  @Test("Spaces without components or choices are found")
  func findsEmptySpaces() {
    #expect(
      sentences(.emptyObservation) == [
        "FaultyWalk-v0: the observation space has no components; "
          + "an agent needs something to observe."
      ])
    #expect(
      sentences(.emptyAction) == [
        "FaultyWalk-v0: the action space has no components; an agent needs something to do."
      ])
    #expect(
      sentences(.noChoices) == [
        "FaultyWalk-v0: component 1 of the action has 0 choices; at least 1 is needed."
      ])
  }

  @Test("A time limit of no steps is found")
  func findsZeroTimeLimit() {
    #expect(
      sentences(.zeroTimeLimit) == [
        "FaultyWalk-v0: the time limit is 0; it must be at least 1, or nil for none."
      ])
  }

  @Test("A time limit that is never reached is found")
  func findsEndlessTimeLimit() {
    #expect(
      sentences(.endlessTimeLimit) == [
        "FaultyWalk-v0: the time limit is 9223372036854775807, which never comes, since a run has "
          + "at most 4503599627370496 steps; say nil for none."
      ])
  }

  @Test("Spaces that are not the same each time are found")
  func findsChangingSpaces() {
    #expect(
      sentences(.changingObservationSpace) == [
        "FaultyWalk-v0: the observation space was of 1 components and then of 2, or its bounds "
          + "changed; it must always be the same."
      ])
    #expect(
      sentences(.changingActionSpace) == [
        "FaultyWalk-v0: the action space was of 1 components and then of 1, or its choices or "
          + "bounds changed; it must always be the same."
      ])
  }

  @Test("An episode that is stepped on after its end is found")
  func findsStepsAfterEnd() throws {
    let findings = EnvironmentChecker().findings(in: FaultyWalk(.stepsOnAfterEnd))
    #expect(findings.count == 1)
    let finding = try #require(findings.first)
    guard case .stepsOnAfterEnd(let row, let step, let difference) = finding.problem else {
      Issue.record("\(finding)")
      return
    }
    #expect(abs(difference.first) == 10 && difference.second == 0)
    #expect(
      finding.description == "FaultyWalk-v0: row \(row) ended an episode in step \(step), and "
        + "step(_:through:) did not start the next one: component 0 of the observation is "
        + "\(difference.first) and 0.0; conclude(_:of:in:through:) does.")
  }

  @Test("An episode that nothing ends is found")
  func findsEndlessEpisodes() {
    var checker = EnvironmentChecker()
    checker.stepLimit = 700
    let findings = checker.findings(in: FaultyWalk(.neverEnds))
    #expect(findings.map(\.problem) == [.neverEnds])
    #expect(findings.first?.place == .init(episode: 0, step: 700))
    #expect(
      findings.first?.description == "FaultyWalk-v0, episode 0, after 700 steps: the episode has "
        + "not ended, and there is no time limit; random actions may never end it.")
  }

  @Test("A component that is not written is found")
  func findsUnwrittenObservations() {
    #expect(
      sentences(.unwrittenObservation) == [
        "FaultyWalk-v0, episode 0, after 2 steps: component 1 of the observation was not written; "
          + "observe(_:into:) must write all."
      ])
  }

  @Test("Infinities and NaN are found")
  func findsNonFiniteNumbers() {
    #expect(
      sentences(.infiniteObservation) == [
        "FaultyWalk-v0, episode 0, after 0 steps: component 1 of the observation is inf; "
          + "it must be a finite number."
      ])
    #expect(
      sentences(.nanReward) == [
        "FaultyWalk-v0, episode 0, after 7 steps: the reward is nan; it must be a finite number "
          + "of single precision."
      ])
    #expect(
      sentences(.infiniteScene) == [
        "FaultyWalk-v0, episode 0, after 0 steps: the scene contains a number that is NaN or "
          + "infinite and cannot be drawn."
      ])
  }

  @Test("An observation outside the space is found")
  func findsObservationsOutside() {
    #expect(
      sentences(.observationOutside) == [
        "FaultyWalk-v0, episode 0, after 3 steps: component 0 of the observation is 11.0, "
          + "outside its bounds -10.0 and 10.0."
      ])
  }

  @Test(
    "Randomness that does not come from the generator, and memory outside the state, are found",
    arguments: [FaultyWalk.Fault.ambientRandomness, .memoryOutsideState])
  func findsNondeterminism(fault: FaultyWalk.Fault) throws {
    let findings = EnvironmentChecker().findings(in: FaultyWalk(fault))
    #expect(findings.count == 1)
    let finding = try #require(findings.first)
    guard case .notDeterministic(let difference) = finding.problem else {
      Issue.record("\(finding)")
      return
    }
    #expect(difference.quantity == .reward && difference.first != difference.second)
    #expect(finding.place == .init(episode: 0, step: 1))
  }

  @Test("A state that all episodes of an environment share is found, and not called another fault")
  func findsSharedState() throws {
    let findings = EnvironmentChecker().findings(in: FaultyWalk(.positionOutsideState))
    #expect(findings.count == 1)
    let finding = try #require(findings.first)
    guard case .episodesInterfere(let difference) = finding.problem else {
      Issue.record("\(finding)")
      return
    }
    #expect(difference.quantity == .reward)
    #expect(finding.place?.step == 1)
    #expect(
      finding.description.contains(
        "another episode of the same environment was played at the same time"))
  }

  @Test("Masks of real numbers are found")
  func findsMasksOfRealNumbers() {
    #expect(
      sentences(.masksRealNumbers) == [
        "FaultyWalk-v0: hasActionMask is true, but actions are real numbers; only choices can be "
          + "invalid."
      ])
  }

  @Test("A state that loses something when it is stored is found, and one that cannot be stored")
  func findsBadCoding() throws {
    let forgetful = EnvironmentChecker().findings(in: FaultyWalk(.forgetfulCoding))
    guard case .stateLostInCoding(let difference) = try #require(forgetful.first).problem else {
      Issue.record("\(forgetful)")
      return
    }
    #expect(difference.quantity == .observation(component: 1) && difference.second == 0)
    #expect(forgetful.count == 1)
    let uncodable = EnvironmentChecker().findings(in: FaultyWalk(.uncodableState))
    #expect(uncodable.map(\.problem) == [.stateNotCodable(reason: "this state cannot be stored")])
  }

  @Test("Stepping rows in another way than one by one is found")
  func findsDisagreeingRows() throws {
    let findings = EnvironmentChecker().findings(in: FaultyWalk(.impatientRows))
    guard case .rowsDisagree(_, let step, _) = try #require(findings.first).problem else {
      Issue.record("\(findings)")
      return
    }
    #expect(step == 12 && findings.count == 1)
  }

  @Test("The first finding is thrown")
  func throwsFindings() {
    let error = #expect(throws: EnvironmentFinding.self) {
      try EnvironmentChecker().check(FaultyWalk(.nanReward))
    }
    #expect(error?.place == .init(episode: 0, step: 7))
  }
}

import EnvironmentKit
import Foundation
import RandomStreams
import Synchronization
import Testing

/// Stands for a simulator that somebody else wrote: it can be made and stepped, and nothing else.
/// What is inside cannot be copied, stored or set.
private final class ForeignSimulator {
  static let alive = Atomic(0)

  private var level: Double
  private var trend = 0.0

  init(seed: UInt64) {
    level = Double(seed % 100) / 50 - 1
    Self.alive.add(1, ordering: .relaxed)
  }

  deinit { Self.alive.subtract(1, ordering: .relaxed) }

  func advance(by push: Double) -> Double {
    trend = 0.9 * trend + 0.1 * push
    level += trend
    return level
  }
}

/// An environment around the foreign simulator.
private struct Reservoir: Environment {
  /// One running simulator. It is stored as the seed and the actions that led to where it stands.
  final class State: Codable, @unchecked Sendable {
    // Only one thread at a time steps a state; that is what makes handing it around safe.

    private let simulator: ForeignSimulator
    private let seed: UInt64
    private var pushes: [Double] = []
    private(set) var level: Double

    init(seed: UInt64) {
      self.seed = seed
      simulator = ForeignSimulator(seed: seed)
      level = simulator.advance(by: 0)
    }

    func advance(by push: Double) {
      pushes.append(push)
      level = simulator.advance(by: push)
    }

    private enum CodingKeys: CodingKey {
      case seed
      case pushes
    }

    convenience init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self.init(seed: try container.decode(UInt64.self, forKey: .seed))
      for push in try container.decode([Double].self, forKey: .pushes) { advance(by: push) }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(seed, forKey: .seed)
      try container.encode(pushes, forKey: .pushes)
    }
  }

  let name = "Reservoir-v0"
  let observationSpace = BoxSpace(symmetric: [100])
  let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1]))
  let timeLimit: Int? = 30

  func initialState(using generator: inout RandomStream) -> State {
    State(seed: generator.next())
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.advance(by: Double(action[0]))
    return Outcome(reward: -abs(state.level), terminated: abs(state.level) > 5)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.level)
  }
}

/// The same with a struct around the object.
private struct WrappedReservoir: Environment {
  struct State: Codable, Sendable {
    var object: Reservoir.State
  }

  let reservoir = Reservoir()
  let hasReferenceState: Bool

  let name = "WrappedReservoir-v0"
  var observationSpace: BoxSpace { reservoir.observationSpace }
  var actionSpace: ActionSpace { reservoir.actionSpace }
  var timeLimit: Int? { reservoir.timeLimit }

  func initialState(using generator: inout RandomStream) -> State {
    State(object: reservoir.initialState(using: &generator))
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome { reservoir.step(&state.object, action: action, using: &generator) }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    reservoir.observe(state.object, into: &observation)
  }
}

@Suite("Environments whose state is an object", .serialized)
struct ClassStateTests {
  private func rewards(of environments: VectorEnvironment<Reservoir>, steps: Int) -> [[Float]] {
    let arrays = StepArrays(for: environments)
    return (0..<steps).map { step in
      arrays.actions.update(repeating: step % 3 == 0 ? -1 : 0.5)
      environments.step(0..<environments.count, through: arrays.buffers())
      return Array(arrays.rewards)
    }
  }

  @Test("They keep the contract")
  func passChecker() throws {
    try EnvironmentChecker().check(Reservoir())
  }

  @Test("A struct around an object that does not say so is found")
  func findsHiddenObjects() throws {
    try EnvironmentChecker().check(WrappedReservoir(hasReferenceState: true))
    #expect(WrappedReservoir(hasReferenceState: true).stackingFrames(2).hasReferenceState)
    #expect(Reservoir().stackingFrames(2).hasReferenceState)
    let findings = EnvironmentChecker().findings(in: WrappedReservoir(hasReferenceState: false))
    #expect(findings.count == 1)
    let finding = try #require(findings.first)
    guard case .copySharesState = finding.problem else {
      Issue.record("\(finding)")
      return
    }
    #expect(finding.description.hasSuffix("hasReferenceState must be true."))
  }

  @Test("They continue from a snapshot that was stored")
  func continueFromSnapshot() throws {
    let environments = VectorEnvironment(Reservoir(), count: 3, seed: 5)
    _ = rewards(of: environments, steps: 47)
    let stored = try JSONEncoder().encode(environments.snapshot())
    let expected = rewards(of: environments, steps: 40)

    let restored = VectorEnvironment(Reservoir(), count: 3, seed: 1)
    restored.restore(
      try JSONDecoder().decode(VectorEnvironment<Reservoir>.Snapshot.self, from: stored))
    #expect(rewards(of: restored, steps: 40) == expected)
  }

  @Test("A new episode lets go of the old object, and the end lets go of all")
  func releaseObjects() {
    let before = ForeignSimulator.alive.load(ordering: .relaxed)
    var environments: VectorEnvironment<Reservoir>? = VectorEnvironment(
      Reservoir(), count: 4, seed: 2)
    if let environments { _ = rewards(of: environments, steps: 100) }
    #expect(ForeignSimulator.alive.load(ordering: .relaxed) == before + 4)
    environments = nil
    #expect(ForeignSimulator.alive.load(ordering: .relaxed) == before)
  }
}

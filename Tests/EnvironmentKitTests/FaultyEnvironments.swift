import EnvironmentKit
import RandomStreams
import Synchronization

/// A walk along a line that ends ten places from its start; one thing may be wrong with it.
struct FaultyWalk: Environment {
  enum Fault: Sendable {
    case none
    case emptyObservation
    case emptyAction
    case noChoices
    case zeroTimeLimit
    case endlessTimeLimit
    case changingObservationSpace
    case changingActionSpace
    case unwrittenObservation
    case infiniteObservation
    case observationOutside
    case nanReward
    case ambientRandomness
    case memoryOutsideState
    case positionOutsideState
    case masksRealNumbers
    case neverEnds
    case forgetfulCoding
    case uncodableState
    case impatientRows
    case stepsOnAfterEnd
    case infiniteScene
    case allChoicesInvalid
  }

  struct State: Sendable, Codable {
    var position = 0
    var steps = 0
    /// Whether ``steps`` is left out when the state is stored.
    var isForgetful = false
    /// Whether the state refuses to be stored.
    var isUncodable = false
  }

  let fault: Fault
  private let memory = Memory()

  init(_ fault: Fault) { self.fault = fault }

  let name = "FaultyWalk-v0"

  var timeLimit: Int? {
    switch fault {
    case .zeroTimeLimit: 0
    case .endlessTimeLimit: .max
    case .neverEnds: nil
    default: 200
    }
  }

  var observationSpace: BoxSpace {
    switch fault {
    case .emptyObservation: BoxSpace(symmetric: [])
    case .changingObservationSpace: BoxSpace(symmetric: Array(repeating: 10, count: memory.next()))
    default: BoxSpace(symmetric: [10, .infinity])
    }
  }

  var actionSpace: ActionSpace {
    switch fault {
    case .emptyAction: .box(BoxSpace(symmetric: []))
    case .noChoices: .multiDiscrete(counts: [2, 0])
    case .changingActionSpace: .discrete(count: memory.next())
    case .masksRealNumbers: .box(BoxSpace(symmetric: [1]))
    default: .discrete(count: 2)
    }
  }

  func initialState(using generator: inout RandomStream) -> State {
    memory.position = 0
    return State(isForgetful: fault == .forgetfulCoding, isUncodable: fault == .uncodableState)
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.steps += 1
    state.position += action[0] == 1 ? 1 : -1
    var reward = 0.0
    switch fault {
    case .ambientRandomness: reward = Double.random(in: 0..<1)
    case .memoryOutsideState: reward = Double(memory.next())
    case .positionOutsideState:
      memory.position += action[0] == 1 ? 1 : -1
      reward = Double(memory.position)
    case .nanReward where state.steps == 7: reward = .nan
    default: break
    }
    let arrived = abs(state.position) == 10
    if fault == .neverEnds && arrived { state.position = 0 }
    return Outcome(reward: reward, terminated: arrived && fault != .neverEnds)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    guard fault != .emptyObservation else { return }
    let isOutside = fault == .observationOutside && state.steps == 3
    observation[0] = isOutside ? 11 : Float(state.position)
    guard fault != .unwrittenObservation || state.steps != 2 else { return }
    observation[1] = fault == .infiniteObservation ? .infinity : Float(state.steps)
  }

  var hasActionMask: Bool { fault == .allChoicesInvalid || fault == .masksRealNumbers }

  func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>) {
    guard state.steps == 4 else { return }
    for choice in 0..<mask.count { mask[choice] = false }
  }

  func scene(of state: State) -> Scene {
    let x = fault == .infiniteScene ? -Double.infinity : Double(state.position)
    return Scene(
      width: 20, height: 2,
      shapes: [.disc(at: Scene.Point(x, 0), radius: 0.5, role: .body)])
  }

  func step(_ rows: EnvironmentRows<State>, through buffers: StepBuffers) {
    for row in 0..<rows.count {
      let action = [buffers.actions[row]]
      var outcome = step(&rows.states[row], action: action.span, using: &rows.generators[row])
      if fault == .impatientRows && rows.states[row].steps == 12 { outcome.ending = .terminated }
      guard fault == .stepsOnAfterEnd else {
        conclude(outcome, of: row, in: rows, through: buffers)
        continue
      }
      concludeWithoutRestart(outcome, of: row, in: rows, through: buffers)
    }
  }
}

extension FaultyWalk {
  /// Does all that follows a step, except to start a new episode where one ended.
  private func concludeWithoutRestart(
    _ outcome: Outcome, of row: Int, in rows: EnvironmentRows<State>, through buffers: StepBuffers
  ) {
    rows.elapsed[row] += 1
    rows.earned[row] += outcome.reward
    buffers.rewards[row] = Float(outcome.reward)
    buffers.endings[row] = outcome.ending
    var span = UnsafeMutableBufferPointer(start: buffers.observations + 2 * row, count: 2)
      .mutableSpan
    observe(rows.states[row], into: &span)
    guard outcome.terminated else { return }
    buffers.episodeReturns[row] = rows.earned[row]
    buffers.episodeLengths[row] = rows.elapsed[row]
    for component in 0..<2 {
      buffers.finalObservations[2 * row + component] = buffers.observations[2 * row + component]
    }
  }
}

/// What an environment must not have: something that it remembers outside of its states.
private final class Memory: Sendable {
  private let count = Atomic(0)
  private let place = Atomic(0)

  /// Where the only walker is.
  var position: Int {
    get { place.load(ordering: .relaxed) }
    set { place.store(newValue, ordering: .relaxed) }
  }

  /// How often this was asked.
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

extension FaultyWalk.State {
  private enum CodingKeys: CodingKey {
    case position
    case steps
    case isForgetful
  }

  private struct Refusal: Error, CustomStringConvertible {
    let description = "this state cannot be stored"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    position = try container.decode(Int.self, forKey: .position)
    isForgetful = try container.decode(Bool.self, forKey: .isForgetful)
    steps = isForgetful ? 0 : try container.decode(Int.self, forKey: .steps)
  }

  func encode(to encoder: any Encoder) throws {
    guard !isUncodable else { throw Refusal() }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(position, forKey: .position)
    try container.encode(isForgetful, forKey: .isForgetful)
    if !isForgetful { try container.encode(steps, forKey: .steps) }
  }
}

import EnvironmentKit
import Foundation
import GymnasiumEnvironments
import RandomStreams
import TestSupport
import Testing

/// What `plain_loop.py` is asked for, and what it prints.
private struct PlainRequest: Encodable {
  let id: String
  let seeds: [UInt64]
  let actions: [[Float]]
}

private struct PlainTranscript: Decodable, Equatable {
  struct Step: Decodable, Equatable {
    let observation: [Float]
    let reward: Float
    let ending: UInt8
    let final: [Float]?
  }
  let start: [Float]
  let steps: [Step]
}

/// The Gymnasium of the Python of the tests, if it has one.
private enum RealGymnasium {
  static let isAvailable: Bool = {
    if Python.has("gymnasium") { return true }
    print(
      "\(Python.program) has no gymnasium: it is not compared with a plain loop; PPO_PYTHON names one."
    )
    return false
  }()
}

@Suite("The bridge beside a plain loop in Python", .enabled(if: RealGymnasium.isAvailable))
struct PlainLoopTests {
  /// What each id needs besides Gymnasium.
  static let ids: [(id: String, package: String)] = [
    ("CartPole-v1", "gymnasium"), ("Acrobot-v1", "gymnasium"), ("Pendulum-v1", "gymnasium"),
    ("MountainCarContinuous-v0", "gymnasium"), ("FrozenLake-v1", "gymnasium"),
    ("Blackjack-v1", "gymnasium"), ("dictionary_task:Dictionary-v0", "gymnasium"),
    ("dictionary_task:Directions-v0", "gymnasium"), ("LunarLander-v3", "Box2D"),
    ("LunarLanderContinuous-v3", "Box2D"), ("BipedalWalker-v3", "Box2D"),
    ("HalfCheetah-v5", "mujoco"), ("Hopper-v5", "mujoco"), ("Reacher-v5", "mujoco"),
    ("MinAtar/Breakout-v1", "minatar"),
  ]

  /// A Python that finds the environments of the fixtures.
  private static let python: PythonInterpreter? = fixturePython(folder: "Gymnasium")

  @Test("The same actions from the same seeds give the same, exactly", arguments: ids)
  func same(_ id: String, needs package: String) throws {
    guard Python.has(package) else {
      print("\(Python.program) has no \(package): \(id) is not compared with a plain loop.")
      return
    }
    let python = try #require(Self.python)
    var recipe = GymnasiumRecipe(id: id, python: python)
    recipe.workerCount = 2
    let environment = try GymnasiumEnvironment(recipe)
    let (count, stepCount) = (2, 400)
    let batch = try environment.makeBatch(
      of: 0..<count, seed: 11, purpose: .environment, afterEnd: .restart)
    let arrays = StepArrays(for: environment, count: count)
    let (width, actionCount) = (arrays.observationCount, arrays.actionCount)
    func row(_ numbers: UnsafeMutableBufferPointer<Float>, _ index: Int) -> [Float] {
      Array(numbers[index * width..<(index + 1) * width])
    }
    batch.observe(0..<count, into: arrays.buffers().observations)
    let starts = (0..<count).map { row(arrays.observations, $0) }
    var actions = Array(repeating: [[Float]](), count: count)
    var steps = Array(repeating: [PlainTranscript.Step](), count: count)
    var generator = RandomStream(seed: 5, purpose: .action, index: 0)
    for _ in 0..<stepCount {
      for index in 0..<count {
        let action = environment.actionSpace.sample(using: &generator)
        for (component, number) in action.enumerated() {
          arrays.actions[index * actionCount + component] = number
        }
        actions[index].append(action)
      }
      try batch.step(0..<count, through: arrays.buffers())
      for index in 0..<count {
        let ending = arrays.endings[index]
        steps[index].append(
          .init(
            observation: row(arrays.observations, index), reward: arrays.rewards[index],
            ending: ending.rawValue,
            final: ending == .none ? nil : row(arrays.finalObservations, index)))
      }
    }
    for index in 0..<count {
      var stream = RandomStream(seed: 11, purpose: .environment, index: index)
      let seeds = (0...stepCount).map { _ in stream.next() >> 33 }
      let plain = try plain(PlainRequest(id: id, seeds: seeds, actions: actions[index]), python)
      #expect(plain.start == starts[index])
      let difference = zip(plain.steps, steps[index]).enumerated().first { $1.0 != $1.1 }
      #expect(
        difference == nil,
        "step \(difference?.offset ?? 0) of \(id): \(String(describing: difference?.element))")
      #expect(plain.steps.count == stepCount)
    }
  }

  private func plain(
    _ request: PlainRequest, _ python: PythonInterpreter
  ) throws -> PlainTranscript {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("plain-\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try JSONEncoder().encode(request).write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python.path)
    process.arguments = [
      fixtures.appendingPathComponent("Gymnasium/plain_loop.py").path, file.path,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONDecoder().decode(PlainTranscript.self, from: output)
  }
}

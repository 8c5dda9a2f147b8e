import ControlEnvironments
import EnvironmentKit
import Foundation
import PolicyExport
import PolicyKinds
import PolicyOptimization
import TestSupport
import Testing

/// Observations of all sizes, with what a policy makes of them.
private struct Case: Sendable {
  let kind: PolicyKind
  let exported: ExportedPolicy
  let steps: PlayedSteps
  /// The value that an output of 1 of the network stands for.
  let unit: Float

  init(_ kind: PolicyKind) throws { self = try Self.make(kind.environment, kind) }

  private init(kind: PolicyKind, exported: ExportedPolicy, steps: PlayedSteps, unit: Double) {
    (self.kind, self.exported, self.steps, self.unit) = (kind, exported, steps, Float(unit))
  }

  /// The largest number of an observation that is not normalised; 1 where it is.
  func size(of row: Int) -> Float {
    if kind.hyperparameters.normalizesObservations { return 1 }
    let width = kind.environment.observationSpace.count
    return steps.observations[row * width..<(row + 1) * width].reduce(0) { max($0, abs($1)) }
  }

  private static func make(_ environment: some Environment, _ kind: PolicyKind) throws -> Case {
    let policy = try kind.policy()
    return try Case(
      kind: kind, exported: policy.exported(as: .onnx, for: environment),
      steps: PlayedSteps(on: observations(of: environment), of: policy, in: environment),
      unit: (policy.rewardUnit ?? 1) * (policy.valueScaling?.scale ?? 1))
  }

  /// 1,000 observations: usual ones, small ones and some far out of all bounds.
  private static func observations(of environment: some Environment) -> [[Float]] {
    var numbers = SplitMix(seed: 3)
    let scales: [Float] = [1, 1, 1, 1, 0.01, 3, 10, 100, 1e4, 1e6]
    return (0..<1_000).map { row in
      (0..<environment.observationSpace.count).map { _ in
        numbers.float() * scales[row % scales.count]
      }
    }
  }

  func write(to folder: URL, as name: String) throws {
    func write(_ numbers: [Float], _ end: String) throws {
      try numbers.withUnsafeBytes { Data($0) }
        .write(to: folder.appendingPathComponent("\(name).\(end)"))
    }
    try Data(exported.bytes).write(to: folder.appendingPathComponent("\(name).onnx"))
    try write(steps.isFirst.map { $0 ? 1 : 0 }, "first")
    try write(steps.observations, "observation")
    var widths = ["first": 1, "observation": kind.environment.observationSpace.count]
    if !steps.masks.isEmpty {
      widths["valid"] = steps.masks.count / steps.decisions.count
      try write(steps.masks, "valid")
    }
    try JSONEncoder().encode(widths).write(to: folder.appendingPathComponent("\(name).json"))
  }
}

/// All kinds, with what ONNX Runtime gave.
private struct Outcomes: Sendable {
  struct Description: Decodable {
    let properties: [String: String]
    let inputs: [String]
    let outputs: [String]
  }

  let cases: [Case]
  let descriptions: [Description]
  /// By kind and name.
  let outputs: [[String: [Float]]]
  /// The same in double precision.
  let exact: [[String: [Double]]]

  static let all = Result { try Outcomes() }

  private init() throws {
    let cases = try PolicyKind.exported.map { try Case($0) }
    self.cases = cases
    (descriptions, outputs, exact) = try withTemporaryFolder { folder in
      for (index, some) in cases.enumerated() { try some.write(to: folder, as: "kind_\(index)") }
      let printed = try Python.run(fixture: "PolicyExport/run.py", [folder.path])
      let descriptions = try JSONDecoder().decode([String: Description].self, from: printed)
      let all = cases.indices.compactMap { descriptions["kind_\($0)"] }
      func read<Number>(_ ending: String, as type: Number.Type) throws -> [[String: [Number]]] {
        try all.enumerated().map { index, description in
          var outputs: [String: [Number]] = [:]
          for name in description.outputs {
            let file = folder.appendingPathComponent("kind_\(index).\(name)\(ending)")
            outputs[name] = try Data(contentsOf: file).withUnsafeBytes {
              Array($0.bindMemory(to: Number.self))
            }
          }
          return outputs
        }
      }
      return (all, try read("", as: Float.self), try read(".exact", as: Double.self))
    }
  }
}

@Suite(
  "A policy as a graph of ONNX",
  .enabled(
    if: Python.has("onnx, onnxruntime"),
    "Python has no packages onnx and onnxruntime; set PPO_PYTHON to one that has."))
struct OnnxTests {
  @Test(
    "passes onnx's checker and agrees with the program on 1,000 observations",
    arguments: PolicyKind.exported.indices)
  func agrees(_ index: Int) throws {
    let outcomes = try Outcomes.all.get()
    let (some, outputs) = (outcomes.cases[index], outcomes.outputs[index])
    let name = some.kind.testDescription
    let decisions = some.steps.decisions
    try #require(decisions.count == 1_000)
    func compare(_ output: String, _ expected: [Float], unit: Float = 1) throws {
      let found = try #require(outputs[output], "\(name) gives \(output)")
      let exact = try #require(outcomes.exact[index][output], "\(name) gives \(output)")
      try #require(found.count == expected.count, "\(name), \(output)")
      try #require(exact.count == expected.count, "\(name), \(output)")
      let width = expected.count / decisions.count
      var cancelled: Set<Int> = []
      for place in expected.indices {
        let distance = abs(found[place] - expected[place])
        if distance <= 1e-5 * abs(expected[place]) + 1e-6 * unit { continue }
        // Of terms that are so large and cancel, single precision keeps as many digits fewer: what is
        // left is compared with the same graph in double precision.
        let size = some.size(of: place / width)
        let error = abs(Double(found[place]) - exact[place])
        if size > 10, error <= Double(1e-6 * unit * size) {
          cancelled.insert(place / width)
        } else {
          Issue.record(
            """
            \(name): \(output) is \(found[place]) and not \(expected[place]) at \(place); in double \
            precision it is \(exact[place])
            """)
          return
        }
      }
      #expect(cancelled.count <= 5, "\(name), \(output): rows \(cancelled.sorted())")
    }
    // A value is the network's output times the unit that it stands for.
    try compare("value", decisions.map { $0.value ?? .nan }, unit: max(1, some.unit))
    switch decisions[0].preferences {
    case .choices:
      try compareChoices(decisions, outputs, name)
      try compare("probabilities", decisions.flatMap { $0.probabilities.flatMap(\.self) })
    case .normal:
      try compare("action", decisions.flatMap(\.action))
      try compare("mean", decisions.flatMap(\.means))
      try compare("deviation", decisions.flatMap(\.deviations))
    case .unknown: try compare("action", decisions.flatMap(\.action))
    }
  }

  /// The same choice wherever the two best differ by more than rounding does.
  private func compareChoices(
    _ decisions: [Decision], _ outputs: [String: [Float]], _ name: String
  ) throws {
    let found = try #require(outputs["action"])
    var (at, differing) = (0, 0)
    for decision in decisions {
      for (choice, probabilities) in zip(decision.action, decision.probabilities) {
        let sorted = probabilities.sorted(by: >)
        if sorted[0] - sorted[1] > 1e-5, found[at] != choice { differing += 1 }
        at += 1
      }
    }
    #expect(found.count == at && differing == 0, "\(name)")
  }

  @Test("tells the environment, the names and where the policy comes from")
  func describes() throws {
    let outcomes = try Outcomes.all.get()
    let index = try #require(
      PolicyKind.exported.firstIndex { $0.testDescription == "two hidden layers of 64" })
    let description = outcomes.descriptions[index]
    #expect(description.properties["environment"] == "Pendulum-v1")
    #expect(description.properties["action_lowest"] == "-2.0")
    #expect(
      description.properties["observation_names"]
        == "cosine of the angle\nsine of the angle\nangular velocity")
    #expect(description.inputs == ["observation"])
    #expect(description.outputs == ["action", "mean", "deviation", "value"])
    #expect(outcomes.cases[index].exported.outputs.map(\.name) == description.outputs)
  }
}

extension Decision {
  fileprivate var probabilities: [[Float]] {
    if case .choices(let probabilities) = preferences { probabilities } else { [] }
  }
  fileprivate var means: [Float] {
    if case .normal(let means, _) = preferences { means } else { [] }
  }
  fileprivate var deviations: [Float] {
    if case .normal(_, let deviations) = preferences { deviations } else { [] }
  }
}

import ControlEnvironments
import EnvironmentKit
import Foundation
import NeuralNetworks
import PolicyExport
import PolicyKinds
import PolicyOptimization
import TestSupport
import Testing

/// A policy that draws its actions, and what it is to do with some random numbers.
private struct DrawnCase: Sendable {
  let kind: PolicyKind
  let policy: TrainedPolicy
  let isFirst: [Bool]
  /// `[steps, D]`, `[steps, M]` and `[steps, components]`.
  let observations: [Float]
  let masks: [Float]
  let noise: [Float]
  /// `[steps, components]`; `nil` for numbers that are squashed, whose means are not told.
  let actions: [Float]?

  init(_ kind: PolicyKind) throws {
    self.kind = kind
    policy = try kind.policy()
    let environment = kind.environment
    var numbers = SplitMix(seed: 8)
    let count = 200
    let observations = (0..<count).map { _ in
      numbers.floats(environment.observationSpace.count)
    }
    let steps = try Self.steps(on: observations, of: policy, in: environment)
    (isFirst, self.observations, masks) = (steps.isFirst, steps.observations, steps.masks)
    let isChoice = !environment.actionSpace.choiceCounts.isEmpty
    noise = (0..<count * environment.actionSpace.componentCount).map { _ in
      isChoice ? numbers.float(in: 0..<1) : 2 * numbers.float()
    }
    let width = environment.actionSpace.componentCount
    let noise = noise
    let drawn = steps.decisions.enumerated().map { step, decision in
      Self.action(decision, noise[step * width..<(step + 1) * width], environment.actionSpace)
    }
    actions = drawn.contains(nil) ? nil : drawn.flatMap { $0 ?? [] }
  }

  private static func steps(
    on observations: [[Float]], of policy: TrainedPolicy, in environment: some Environment
  ) throws -> PlayedSteps {
    try PlayedSteps(on: observations, of: policy, in: environment)
  }

  private static func action(
    _ decision: Decision, _ noise: ArraySlice<Float>, _ space: ActionSpace
  ) -> [Float]? {
    switch decision.preferences {
    case .choices(let probabilities):
      return zip(probabilities, noise).map { probabilities, number in
        var left = number
        let choice = probabilities.firstIndex {
          left -= $0
          return left < 0
        }
        return Float(choice ?? probabilities.lastIndex { $0 > 0 } ?? 0)
      }
    case .normal(let means, let deviations):
      guard case .box(let box) = space else { return nil }
      return means.indices.map { index in
        let number = means[index] + deviations[index] * noise[noise.startIndex + index]
        return min(max(number, box.lowest[index]), box.highest[index])
      }
    case .unknown: return nil
    }
  }

  func exported(as format: PolicyFormat) throws -> ExportedPolicy {
    var options = ExportOptions()
    options.isStochastic = true
    options.hasMain = format == .c
    return try policy.exported(as: format, for: kind.environment, options: options)
  }

  /// What the program in C does.
  func actionsInC() throws -> [Float] {
    let count = isFirst.count
    let hasMemory = policy.network.memoryCount > 0
    func row(_ numbers: [Float], _ index: Int) -> [String] {
      let width = numbers.count / count
      return numbers[index * width..<(index + 1) * width].map { "\($0)" }
    }
    let input = (0..<count).map { index in
      let mask = masks.isEmpty ? [] : row(masks, index).map { $0 == "1.0" ? "1" : "0" }
      let begins = hasMemory ? [isFirst[index] ? "1" : "0"] : []
      return (begins + row(observations, index) + mask + row(noise, index))
        .joined(separator: " ")
    }
    return try withTemporaryFolder { folder in
      try Data(exported(as: .c).bytes).write(to: folder.appendingPathComponent("policy.c"))
      try Data(input.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("in"))
      let compiled = try Toolchain.run(
        ["clang", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Werror", "-O1"]
          + ["policy.c", "-o", "policy"], in: folder)
      try #require(compiled.status == 0, "\(compiled.output)")
      let ran = try Toolchain.run(["sh", "-c", "./policy <in"], in: folder)
      try #require(ran.status == 0 && !ran.output.contains("differ"), "\(ran.output)")
      let found = ran.output.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
      try #require(found.count == noise.count)
      return found
    }
  }

  /// Whether actions are the expected ones, where rounding does not decide about a choice.
  func check(_ found: [Float]) throws {
    guard let actions else { return }
    try #require(found.count == actions.count)
    let isChoice = !kind.environment.actionSpace.choiceCounts.isEmpty
    let wrong = zip(found, actions).count {
      isChoice ? $0 != $1 : !(abs($0 - $1) <= 1e-5 * abs($1) + 1e-6)
    }
    // A number that falls on the border of two choices may fall on either side.
    #expect(wrong <= (isChoice ? 1 : 0), "\(kind.testDescription)")
    #expect(Set(actions).count > 1)
  }
}

@Suite("A policy that draws its actions, exported")
struct StochasticExportTests {
  @Test("acts by the numbers that it is given, in C", arguments: PolicyKind.exported)
  func drawsInC(_ kind: PolicyKind) throws {
    let drawn = try DrawnCase(kind)
    try drawn.check(drawn.actionsInC())
  }

  @Test(
    "acts by the numbers that it is given, in ONNX Runtime",
    .enabled(
      if: Python.has("onnx, onnxruntime"),
      "Python has no packages onnx and onnxruntime; set PPO_PYTHON to one that has."))
  func drawsInRuntime() throws {
    let cases = try PolicyKind.exported.map { try DrawnCase($0) }
    try withTemporaryFolder { folder in
      for (index, drawn) in cases.enumerated() {
        try write(drawn, to: folder, as: "kind_\(index)")
      }
      _ = try Python.run(fixture: "PolicyExport/run.py", [folder.path])
      for (index, drawn) in cases.enumerated() {
        func output(_ name: String) throws -> [Float] {
          let data = try Data(contentsOf: folder.appendingPathComponent("kind_\(index).\(name)"))
          return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        }
        try drawn.check(output("action"))
        if drawn.actions == nil { try checkSquashed(drawn, output) }
      }
    }
  }

  /// Compares squashed numbers with what the mean and the deviation make of the noise.
  private func checkSquashed(
    _ drawn: DrawnCase, _ output: (String) throws -> [Float]
  ) throws {
    guard case .box(let box) = drawn.kind.environment.actionSpace else {
      Issue.record("A squashed action of real numbers was expected.")
      return
    }
    let (means, deviations, found) = try (output("mean"), output("deviation"), output("action"))
    for index in found.indices {
      let (lowest, highest) = (
        Double(box.lowest[index % box.count]), Double(box.highest[index % box.count])
      )
      let number = tanh(Double(means[index] + deviations[index] * drawn.noise[index]))
      let expected = Float((lowest + highest) / 2 + (highest - lowest) / 2 * number)
      let unit = Float(max(1, (highest - lowest) / 2))
      #expect(abs(found[index] - expected) <= 1e-5 * abs(expected) + 1e-6 * unit)
    }
    #expect(Set(found).count > 100)
    for (inC, expected) in zip(try drawn.actionsInC(), found) {
      #expect(abs(inC - expected) <= 1e-5 * abs(expected) + 1e-6 * Float(25))
    }
  }

  private func write(_ drawn: DrawnCase, to folder: URL, as name: String) throws {
    func write(_ numbers: [Float], _ end: String) throws {
      try numbers.withUnsafeBytes { Data($0) }
        .write(to: folder.appendingPathComponent("\(name).\(end)"))
    }
    let components = drawn.kind.environment.actionSpace.componentCount
    let count = drawn.noise.count / components
    try Data(drawn.exported(as: .onnx).bytes)
      .write(to: folder.appendingPathComponent("\(name).onnx"))
    var widths = ["first": 1, "observation": drawn.observations.count / count, "noise": components]
    try write(drawn.isFirst.map { $0 ? 1 : 0 }, "first")
    try write(drawn.observations, "observation")
    try write(drawn.noise, "noise")
    if !drawn.masks.isEmpty {
      widths["valid"] = drawn.masks.count / count
      try write(drawn.masks, "valid")
    }
    try JSONEncoder().encode(widths).write(to: folder.appendingPathComponent("\(name).json"))
  }
}

import Foundation
import PolicyOptimization
import RandomStreams
import Testing

@testable import Experiments

@Suite("A search space")
struct SearchSpaceTests {
  private let space = SearchSpace.standard(fixing: [], hasRealActions: true)

  @Test("finds the point of the hyperparameters that a point has given")
  func isInvertible() {
    var draws = RandomStream(seed: 1, purpose: .other, index: 0)
    for _ in 0..<50 {
      let point = space.dimensions.map { _ in draws.uniform() }
      var base = Hyperparameters()
      base.totalTimesteps = 1 << 20
      let first = space.hyperparameters(at: point, basedOn: base)
      let second = space.hyperparameters(at: space.point(of: first), basedOn: base)
      for description in Hyperparameters.descriptions {
        let (one, two) = (description.value(in: first), description.value(in: second))
        if case .real(let number) = one, case .real(let other) = two {
          #expect(abs(number - other) <= 1e-9 * abs(number), "\(description.name)")
        } else {
          #expect(one == two, "\(description.name)")
        }
      }
    }
  }

  @Test(
    "gives sizes that fit together, whichever are searched",
    arguments: [
      ["num-envs", "num-steps", "minibatch-size"], ["num-steps"], ["minibatch-size"],
      ["num-envs", "num-steps"],
    ])
  func sizesFit(names: [String]) throws {
    let space = try SearchSpace(names: names, file: nil, fixing: [], hasRealActions: false)
    var base = Hyperparameters()
    base.totalTimesteps = 3000
    var draws = RandomStream(seed: 2, purpose: .other, index: 0)
    for _ in 0..<200 {
      let point = names.map { _ in draws.uniform() }
      try space.hyperparameters(at: point, basedOn: base).validate()
    }
  }

  @Test("reads ranges from a file with comments, and takes the rest from the table")
  func readsFile() throws {
    let file = try SearchSpaceFile(
      Data(
        """
        { // small
          "gamma": { "low": 0.9, "high": 0.99, "scale": "log-from-one" },
          "hidden-sizes": [[32], [64, 64]], "weight-decay": { "low": 1e-6, "high": 1e-3, "scale": "log" },
          "update-epochs": { "low": 2, "high": 4 }
        }
        """.utf8), name: "space.json")
    let all = try SearchSpace(names: nil, file: file, fixing: [], hasRealActions: false)
    #expect(Set(all.names) == ["gamma", "hidden-sizes", "weight-decay", "update-epochs"])
    let mixed = try SearchSpace(
      names: ["weight-decay", "learning-rate"], file: file, fixing: [], hasRealActions: false)
    #expect(mixed.names == ["weight-decay", "learning-rate"])
    let values = all.hyperparameters(at: [0.5, 0.5, 0.5, 0.9], basedOn: Hyperparameters())
    #expect([2, 3, 4].contains(values.updateEpochs))
  }

  @Test(
    "says what is wrong with a file",
    arguments: [
      ("[]", "must be a JSON object"), ("{}", "names no hyperparameter"),
      ("{\"lr\": [1, 2]}", "here it is called \"learning-rate\""),
      ("{\"gama\": [0.5, 0.6]}", "nearest that is known is \"gamma\""),
      ("{\"num-steps\": {\"low\": 1, \"high\": 1e300}}", "beyond all whole numbers"),
      ("{\"gamma\": {\"low\": 0.9, \"high\": 0.8}}", "low must be below high"),
      ("{\"gamma\": {\"low\": 0.9, \"high\": 1.5}}", "cannot be 1.5"),
      ("{\"gamma\": {\"low\": 0.9, \"high\": 1, \"scale\": \"log-from-one\"}}", "below 1"),
      ("{\"ent-coef\": {\"low\": 0, \"high\": 1, \"scale\": \"log\"}}", "above 0"),
      ("{\"ent-coef\": {\"low\": 0, \"high\": 1, \"scale\": \"cubic\"}}", "scale 'cubic'"),
      ("{\"activation\": [\"tanh\", \"sine\"]}", "cannot be sine"),
      ("{\"activation\": [\"tanh\"]}", "at least two"),
    ])
  func explainsFiles(text: String, part: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try SearchSpaceFile(Data(text.utf8), name: "space.json")
    }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test("does not search what is fixed, nor a deviation where actions are choices")
  func leavesOut() {
    let names = SearchSpace.standard(fixing: ["gamma"], hasRealActions: false).names
    #expect(!names.contains("gamma") && !names.contains("log-std-init"))
    #expect(names.contains("learning-rate") && space.names.contains("log-std-init"))
  }

  /// Made with `scipy.stats.qmc.Sobol(21, scramble=False)`, SciPy 1.17.
  @Test("is filled by the Sobol sequence of Joe and Kuo")
  func sobolSequence() {
    let expected: [Int: [Double]] = [
      1: [Double](repeating: 0.5, count: 21),
      5: [
        0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375, 0.375, 0.125, 0.375, 0.875, 0.875,
        0.125, 0.875, 0.375, 0.875, 0.375, 0.375, 0.625, 0.625,
      ],
      13: [
        0.8125, 0.6875, 0.8125, 0.0625, 0.4375, 0.9375, 0.5625, 0.5625, 0.5625, 0.4375, 0.8125,
        0.9375, 0.0625, 0.8125, 0.1875, 0.5625, 0.1875, 0.6875, 0.5625, 0.9375, 0.5625,
      ],
      31: [
        0.03125, 0.53125, 0.90625, 0.96875, 0.96875, 0.78125, 0.34375, 0.53125, 0.15625, 0.59375,
        0.03125, 0.34375, 0.96875, 0.21875, 0.65625, 0.84375, 0.21875, 0.40625, 0.59375, 0.71875,
        0.40625,
      ],
    ]
    let sequence = SobolSequence(dimensionCount: 21, seed: nil)
    for (number, point) in expected { #expect(sequence.point(number) == point, "\(number)") }
    let shifted = SobolSequence(dimensionCount: 24, seed: 3)
    #expect((0..<64).allSatisfy { shifted.point($0).allSatisfy { 0..<1 ~= $0 } })
    // Each quarter of each axis has a quarter of 64 points, shifted or not.
    for axis in 0..<21 {
      let quarters = (0..<64).map { Int(shifted.point($0)[axis] * 4) }
      #expect((0..<4).allSatisfy { quarter in quarters.count { $0 == quarter } == 16 })
    }
  }
}

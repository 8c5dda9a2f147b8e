import NeuralNetworks
import TensorCore
import TestSupport
import Testing

@Suite("Optimisers equal PyTorch's")
struct ReferenceOptimizerTests {
  struct Attributes: Decodable, Sendable {
    let learningRate: Double
    let weightDecay: Double?
    let momentum: Double?
    let nesterov: Bool?
    let epsilon: Double?
    let alpha: Double?
    let momentumDecay: Double?
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let optimizer: String
    let attributes: Attributes
    /// The parameters of a matrix and a vector after each step.
    let parametersAfterEachStep: [[FixtureArray]]

    var testDescription: String {
      optimizer + (attributes.momentum.map { ", momentum \($0)" } ?? "")
        + (attributes.nesterov == true ? ", Nesterov" : "")
        + (attributes.weightDecay.map { ", decay \($0)" } ?? "")
        + (attributes.epsilon.map { ", epsilon \($0)" } ?? "")
    }
  }

  struct File: Decodable, Sendable {
    let initialParameters: [FixtureArray]
    let gradients: [[FixtureArray]]
    let cases: [Case]
  }

  static let files = referenceCases(File.self, "Torch/optimizers.json") { [$0] }
  static let cases = files.flatMap(\.cases)

  @Test("There are reference values of twelve steps")
  func casesExist() {
    #expect(Self.cases.count == 11)
    #expect(Self.cases.allSatisfy { $0.parametersAfterEachStep.count == 12 })
  }

  @Test("after each of twelve steps", arguments: cases)
  func equalReference(_ reference: Case) throws {
    let file = try #require(Self.files.first)
    let initial = file.initialParameters.flatMap(\.floats)
    let parameters = Buffer(initial)
    let gradient = Buffer(count: initial.count)
    let optimizer = try #require(make(reference, count: initial.count))
    for (step, expected) in reference.parametersAfterEachStep.enumerated() {
      gradient.assign(file.gradients[step].flatMap(\.floats))
      optimizer.step(
        parameters, gradient: gradient, gradientScale: 1,
        learningRate: reference.attributes.learningRate)
      let mismatch = Tolerance(relative: 0, absolute: 1e-6)
        .mismatch(parameters.array, expected.flatMap(\.data))
      #expect(mismatch == nil, "after step \(step): \(mismatch ?? "")")
    }
  }

  private func make(_ reference: Case, count: Int) -> (any Optimizer)? {
    let attributes = reference.attributes
    let penalty = attributes.weightDecay.map { WeightDecay.penalty($0) } ?? .none
    let epsilon = attributes.epsilon ?? 0
    return switch reference.optimizer {
    case "sgd":
      StochasticGradientDescent(
        count: count, momentum: attributes.momentum ?? 0,
        isNesterov: attributes.nesterov ?? false, weightDecay: penalty)
    case "adam": Adam(count: count, epsilon: epsilon, weightDecay: penalty)
    case "adamw":
      Adam(count: count, epsilon: epsilon, weightDecay: .decoupled(attributes.weightDecay ?? 0))
    case "nadam":
      NesterovAdam(
        count: count, epsilon: epsilon, momentumDecay: attributes.momentumDecay ?? 0,
        weightDecay: penalty)
    case "rmsprop":
      RootMeanSquarePropagation(
        count: count, decay: attributes.alpha ?? 0, epsilon: epsilon, weightDecay: penalty)
    default: nil
    }
  }
}

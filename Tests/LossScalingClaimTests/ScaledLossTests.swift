import Foundation
import LossBalancing
import NeuralNetworks
import TensorCore
import Testing

// The claims of “What are the consequences of scaling the loss?”, an answer about SGD and Nadam
// with and without regularisation, and its comments: S3.1 to S3.11.
//
// Factors are powers of two where a claim is exact, for then no rounding hides behind a tolerance.

@Suite("Claims about scaling a loss and the optimiser")
struct ScaledLossTests {
  static let powers = [0x1p-20, 0x1p-10, 0x1p-1, 8, 0x1p10, 0x1p20]

  @Test("S3.1: under SGD, α times the loss is α times the learning rate, to the bit")
  func descentScales() {
    for (momentum, isNesterov) in [(0.0, false), (0.9, false), (0.9, true)] {
      func end(scale: Double, rate: Double) -> [Float] {
        QuadraticDescent(scale: scale, rate: rate, steps: 20).end(
          StochasticGradientDescent(count: 5, momentum: momentum, isNesterov: isNesterov))
      }
      #expect(end(scale: 8, rate: 0.01) == end(scale: 1, rate: 0.08))
      #expect(end(scale: 0x1p-20, rate: 0x1p13) == end(scale: 1, rate: 0x1p-7))
      #expect(distance(end(scale: 8, rate: 0.01), end(scale: 1, rate: 0.01)) > 0.01)
    }
  }

  @Test("S3.2: Nadam does not see a factor if ε is 0, to the bit", arguments: powers)
  func nesterovAdamIgnoresScale(scale: Double) {
    let plain = QuadraticDescent().end(NesterovAdam(count: 5, epsilon: 0))
    let scaled = QuadraticDescent(scale: scale).end(NesterovAdam(count: 5, epsilon: 0))
    #expect(scaled == plain)
    #expect(distance(plain, QuadraticDescent.start) > 0.5)
  }

  @Test("S3.2: with ε above 0 Nadam does see a small factor, and the more the larger ε is")
  func nesterovAdamSeesSmallScale() {
    func deviation(scale: Double, epsilon: Double) -> Double {
      distance(
        QuadraticDescent(scale: scale).end(NesterovAdam(count: 5, epsilon: epsilon)),
        QuadraticDescent().end(NesterovAdam(count: 5, epsilon: epsilon)))
    }
    // A factor of 1e-6 against an ε of 1e-5 leaves nearly nothing of a way of length 1.
    #expect(deviation(scale: 1e-6, epsilon: 1e-5) > 0.5)
    let small = deviation(scale: 1e-6, epsilon: 1e-8)
    #expect((0.0005...0.1).contains(small))
    #expect((0.1...10).contains(deviation(scale: 1e-3, epsilon: 1e-5) / small))
    // Beyond, the effect is in proportion to ε/α, until rounding is all that is left.
    #expect(deviation(scale: 1e-3, epsilon: 1e-8) < small / 50)
    #expect(deviation(scale: 1e6, epsilon: 1e-8) < 2e-6)
  }

  @Test(
    "S3.3: ε stands outside the root, where it first matters at 1e-8 and not at 1e-4",
    arguments: zip([1e-2, 1e-4, 1e-6], [(0.999999, 0.99995), (0.9999, 0.7071), (0.990099, 0.01)]))
  func epsilonIsOutside(gradient: Double, factors: (outside: Double, inside: Double)) {
    let inside = gradient / (gradient * gradient + 1e-8).squareRoot()
    #expect(abs(inside - factors.inside) < 6e-5)
    for optimizer in [Adam(count: 1, epsilon: 1e-8), RootMeanSquarePropagation(count: 1, decay: 0)]
      as [any Optimizer]
    {
      let factor = firstStep(optimizer, gradient: gradient)
      #expect(abs(factor - factors.outside) < 1e-6)
      #expect(abs(factor - inside) > 4e-5)
    }
  }

  @Test("S3.4: α with ε is the same as 1 with ε/α, to the bit")
  func scaleIsEpsilon() {
    for scale in Self.powers {
      let scaled = QuadraticDescent(scale: scale).end(Adam(count: 5, epsilon: 0x1p-24 * scale))
      #expect(scaled == QuadraticDescent().end(Adam(count: 5, epsilon: 0x1p-24)))
    }
    let customary = QuadraticDescent().end(Adam(count: 5, epsilon: 1e-5))
    let small = QuadraticDescent(scale: 1e-4).end(Adam(count: 5, epsilon: 1e-9))
    #expect(distance(customary, small) < 2e-5)
  }

  @Test(
    "S3.4: a constant does change Adam's results where gradients are near ε = 1e-5",
    arguments: zip([1e-3, 1e-4, 1e-5, 1e-6, 1e-7], [0.990, 0.909, 0.5, 0.0909, 0.0099]))
  func constantChangesAdam(gradient: Double, factor: Double) {
    #expect(abs(firstStep(Adam(count: 1, epsilon: 1e-5), gradient: gradient) - factor) < 1e-3)
  }

  @Test("S3.5: with a penalty and SGD, α counts as η α and λ / α, to the bit")
  func penaltyUnderDescent() {
    func end(_ scale: Double, _ rate: Double, _ penalty: Double) -> [Float] {
      QuadraticDescent(scale: scale, rate: rate).end(
        StochasticGradientDescent(count: 5, weightDecay: .penalty(penalty)))
    }
    #expect(end(8, 0.01, 2) == end(1, 0.08, 0.25))
    #expect(distance(end(8, 0.01, 2), end(1, 0.08, 2)) > 0.1)
  }

  @Test("S3.6: with a penalty and Nadam, α counts as λ / α; the trade-off has changed")
  func penaltyUnderNesterovAdam() {
    func end(_ scale: Double, _ penalty: Double) -> [Float] {
      QuadraticDescent(scale: scale).end(
        NesterovAdam(count: 5, epsilon: 0, weightDecay: .penalty(penalty)))
    }
    #expect(end(8, 2) == end(1, 0.25))
    #expect(distance(end(8, 2), end(1, 2)) > 0.1)
  }

  @Test("S3.7: a decoupled decay is no part of the loss: under AdamW α does nothing to it")
  func decoupledUnderAdam() {
    func end(_ scale: Double, _ decay: WeightDecay) -> [Float] {
      QuadraticDescent(scale: scale).end(Adam(count: 5, epsilon: 0, weightDecay: decay))
    }
    #expect(end(8, .decoupled(2)) == end(1, .decoupled(2)))
    // The same λ in the loss is another function at another scale.
    #expect(distance(end(8, .penalty(2)), end(1, .penalty(2))) > 0.1)
  }

  @Test("S3.7: under SGD with decoupled decay, η α needs λ / α")
  func decoupledUnderDescent() {
    func end(_ scale: Double, _ rate: Double, _ decay: Double) -> [Float] {
      QuadraticDescent(scale: scale, rate: rate).end(
        StochasticGradientDescent(count: 5, weightDecay: .decoupled(decay)))
    }
    #expect(end(8, 0.01, 2) == end(1, 0.08, 0.25))
    #expect(distance(end(8, 0.01, 2), end(1, 0.08, 2)) > 0.05)
  }

  @Test("S3.8: ×1e5 helped as gradients were near ε; a larger learning rate is something else")
  func scalingHelpsSmallGradients() {
    for make in [{ Adam(count: 1) }, { NesterovAdam(count: 1) }] as [() -> any Optimizer] {
      // NAdam's first step differs from Adam's by a factor that does not depend on the gradient.
      let full = firstStep(make(), gradient: 1)
      #expect(abs(firstStep(make(), gradient: 1e-8) / full - 0.5) < 1e-5)
      #expect(abs(firstStep(make(), gradient: 1e-3) / full - 0.99999) < 1e-6)
    }
  }

  @Test("S3.9: a factor outside of a focal loss is a factor, inside it is another loss")
  func focalLoss() {
    // A cross-entropy of 1: two classes of which the right one has the probability 1/e.
    let score = Float(log(exp(1.0) - 1))
    func focal(outside: Float = 1, inside: Float = 1) -> (value: Float, slope: Float) {
      let tape = Tape()
      let scores = tape.variable(Tensor(shape: [1, 2], [0, score]))
      let crossEntropy =
        crossEntropies(scores, tape.constant(Tensor(shape: [1], [0]))) * inside
      let loss = square(-exp(-crossEntropy) + 1) * crossEntropy * outside
      tape.pullback([(loss, 1)])
      return (loss.tensor.numbers[0], tape.gradient(of: scores).numbers[0])
    }
    #expect(abs(focal().value - 0.39958) < 1e-5)
    #expect(abs(focal(outside: 2).value - 0.79915) < 1e-5)
    #expect(abs(focal(inside: 2).value - 1.49529) < 1e-5)
    #expect(focal(outside: 2).slope == 2 * focal().slope)
    #expect(abs(focal(inside: 2).slope - 2 * focal().slope) > 0.1)
  }

  @Test("S3.9: balancers multiply finished terms: a focal loss is balanced like any other")
  func balancersAreOutside() throws {
    var balancer = try LogNormalization(terms: [LossTerm(name: "focal", kind: .nonNegative)])
    let once = weights(&balancer, values: [0.39958])
    let twice = weights(&balancer, values: [2 * 0.39958])
    #expect(once[0] == 2 * twice[0])
  }

  @Test("S3.10: clipping the gradient breaks S3.1, and not Adam's indifference if it is always on")
  func clippingBreaksScaling() {
    let descent = { StochasticGradientDescent(count: 5) }
    let scaled = QuadraticDescent(scale: 1024, rate: 0x1p-14, clip: 0.5).end(descent())
    let faster = QuadraticDescent(scale: 1, rate: 0x1p-4, clip: 0.5).end(descent())
    #expect(distance(scaled, faster) > 0.5)
    let adam = { Adam(count: 5, epsilon: 0) }
    func clipped(_ scale: Double) -> [Float] {
      QuadraticDescent(scale: scale, clip: 0.5, steps: 40).end(adam())
    }
    // The norm is above 0.5 in all of the first forty steps.
    #expect(distance(clipped(1), clipped(1024)) < 1e-5)
    #expect(distance(clipped(0x1p-10), clipped(1024)) > 1e-3)
  }

  @Test("S3.11: under Adam a factor on one of two terms counts, a common one does not")
  func onlyCommonFactorsCancel() {
    func end(_ first: Double, _ second: Double) -> [Float] {
      QuadraticDescent().end(Adam(count: 5, epsilon: 0)) { x in
        zip(QuadraticDescent.gradient(at: x), x).map { first * $0 + second * Double($1 - 1) }
      }
    }
    #expect(end(8, 8) == end(1, 1))
    #expect(distance(end(1, 8), end(1, 1)) > 0.1)
  }
}

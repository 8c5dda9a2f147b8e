import LossBalancing
import NeuralNetworks
import TensorCore
import Testing

// The claims of “Compute gradient norm of each part of a composite loss function”: S2.1 to S2.8.

@Suite("Claims about the gradients of a composite loss")
struct CompositeGradientTests {
  @Test("S2.1: the gradient of Σ λ L is Σ λ ∇L, also where a term misses a parameter")
  func gradientsAddUp() {
    let network = TwoHeads()
    network.forward()
    let count = network.parameters.count
    let rows = Buffer(count: 2 * count)
    var gramian = Array(repeating: 0.0, count: 4)
    network.loss.gradients(into: rows, gramian: &gramian)
    let total = network.pullback([1, 0.1])
    let sum = (0..<count).map { rows[$0] + 0.1 * rows[count + $0] }
    #expect(distance(sum, total) < 1e-6 * norm(total))
    // No class depends on the boxes' head, and the other way round.
    let heads = network.shared.upperBound..<count
    let (first, second) = (heads.map { rows[$0] }, heads.map { rows[count + $0] })
    #expect(zip(first, second).allSatisfy { $0 == 0 || $1 == 0 })
    #expect(norm(first) > 0 && norm(second) > 0)
  }

  @Test("S2.2: the norm is over all parameters at once: norms 3 and 4 make 5")
  func normIsGlobal() {
    var measurement = LossMeasurement(count: 2)
    measurement.measureGradients(([3, 0, 0, 4, 0, 0, 0, 0] as [Float]).span)
    #expect(measurement.gradientNorm(of: 0) == 5)
    #expect(measurement.gradientNorm(of: 1) == 0)

    let network = TwoHeads()
    network.forward()
    let gradient = network.pullback([1, 0])
    let parts = [gradient[network.shared], gradient[network.shared.upperBound...]].map { norm($0) }
    let whole = norm(of: network.gradient)
    #expect(abs(whole - (parts[0] * parts[0] + parts[1] * parts[1]).squareRoot()) < 1e-9 * whole)
  }

  @Test("S2.3: λ = (1, 0.1) and norms (0.8, 0.2) contribute 97.56 % and 2.44 %")
  func contributions() {
    let report = report(cosine: 0)
    #expect(zip(report.gradientNorms, [0.8, 0.2]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(report.shares, [0.975610, 0.024390]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test(
    "S2.4: a share of norms is no contribution unless gradients are parallel",
    arguments: zip([1, 0.5, 0, -0.5, -1], [0.02439, 0.01280, 0.00062, -0.01217, -0.02564]))
  func projectionShares(cosine: Double, share: Double) {
    let report = report(cosine: cosine)
    #expect(abs(report.projectionShares[1] - share) < 6e-6)
    #expect(abs(report.projectionShares.reduce(0, +) - 1) < 1e-12)
    #expect(abs(report.cosines[1] - cosine) < 1e-12)
    // The share of norms is the same whatever the angle, the length of the sum is not.
    #expect(abs(report.shares[1] - 0.024390) < 1e-6)
    let squaredNorm = 0.64 + 2 * 0.8 * 0.02 * cosine + 0.0004
    #expect((0.78 - 1e-12...0.82 + 1e-12).contains(squaredNorm.squareRoot()))
  }

  @Test("S2.5: sensitivity, imbalance and contribution are three numbers")
  func threeMetrics() {
    let report = report(cosine: 0.3)
    #expect(abs(report.gradientNorms[0] - 0.8) < 1e-12)  // which part is sensitive
    #expect(abs(report.imbalance - 40) < 1e-9)  // which part dominates, and how much
    #expect(abs(report.shares[0] - 0.975610) < 1e-6)  // what each part contributes
  }

  @Test("S2.6: λ by hand and by GradNorm have one interface; GradNorm rests at (0.4, 1.6)")
  func fixedAndDynamic() throws {
    let made: [any LossBalancer] = [
      FixedCoefficients(terms: terms(1, 0.1)), try GradNorm(terms: terms(1, 1)),
    ]
    let expected = [[1, 0.1], [0.4, 1.6]]
    for (balancer, expected) in zip(made, expected) {
      var balancer = balancer
      var last: [Double] = []
      for _ in 0..<300 { last = weights(&balancer, norms: [0.8, 0.2]) }
      #expect(zip(last, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test("S2.7: one forward pass serves all gradients; a probe at the features runs the heads only")
  func probesAreCheap() {
    let network = TwoHeads()
    var forwardPasses = 0
    network.loss.forward(rows: TwoHeads.rows, at: network.parameters) { tape, rows in
      forwardPasses += 1
      network.record(tape, rows)
    }
    let rows = Buffer(count: 2 * network.parameters.count)
    var (features, all) = ([0.0, 0, 0, 0], [0.0, 0, 0, 0])
    network.loss.gradients(into: rows, gramian: &all)
    network.loss.featureGramian(into: &features)
    #expect(forwardPasses == 1)

    let expected = network.featureGradients()
    for (row, column) in [(0, 0), (0, 1), (1, 1)] {
      let product = zip(expected[row], expected[column]).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
      let scale = (features[0] * features[3]).squareRoot()
      #expect(abs(features[row * 2 + column] - product) < 1e-5 * max(scale, abs(product)))
    }
    #expect(abs(all[0] / features[0] - 1) > 0.1)
  }

  @Test("S2.8: under Adam a norm is not the share of the update, unless all parameters are alike")
  func normIsNotUpdateShare() {
    let network = TwoHeads()
    let adam = Adam(count: network.parameters.count)
    for _ in 0..<50 {
      network.draw()
      network.forward()
      network.loss.pullback([1, 1], into: network.gradient)
      adam.step(
        network.parameters, gradient: network.gradient, gradientScale: 1, learningRate: 0.01)
    }
    network.forward()
    let gradients = [network.pullback([1, 0]), network.pullback([0, 1])]
    let moments = adam.memory.first { $0.name == "second" }?.buffer.array ?? []
    func share(_ second: [Float]) -> Double {
      let lengths = gradients.map { gradient in
        norm(zip(gradient, second).map { $0 / ($1.squareRoot() + 1e-8) })
      }
      return lengths[0] / (lengths[0] + lengths[1])
    }
    let plain = norm(gradients[0]) / (norm(gradients[0]) + norm(gradients[1]))
    #expect(abs(share(moments) - plain) > 0.1, "\(share(moments)) against \(plain)")
    #expect(abs(share(moments.map { _ in 4 }) - plain) < 1e-6)
  }

  /// The document's example, with an angle between the two gradients.
  private func report(cosine: Double) -> BalanceReport {
    var measurement = LossMeasurement(count: 2)
    measurement.gramian = [0.64, 0.16 * cosine, 0.16 * cosine, 0.04]
    var report = BalanceReport(terms: terms(1, 0.1))
    report.record(
      [1, 0.1], chosenBy: FixedCoefficients(terms: terms(1, 0.1)), from: measurement,
      measured: .featureGradients)
    return report
  }
}

import Foundation
import Testing

@testable import LossBalancing

func logarithm(_ x: Double) -> Double { log(x) }

@Suite struct ExponentialTests {
  @Test func `the exponential is that of the C library to two units in the last place`() {
    var generator = SplitMix(seed: 7)
    for _ in 0..<20_000 {
      let x = Double.random(in: -708...709, using: &generator)
      #expect(abs(exponential(x) - exp(x)) <= 2 * exp(x).ulp)
      let small = x / 700
      #expect(abs(exponential(small) - exp(small)) <= 2 * exp(small).ulp)
    }
  }

  @Test func `the logarithm is that of the C library to two units in the last place`() {
    var generator = SplitMix(seed: 8)
    for _ in 0..<20_000 {
      let x = exp(Double.random(in: -700...700, using: &generator))
      #expect(abs(naturalLogarithm(x) - log(x)) <= 2 * log(x).ulp)
      let near = Double.random(in: 0.5...2, using: &generator)
      #expect(abs(naturalLogarithm(near) - log(near)) <= 2 * log(near).ulp)
    }
  }

  @Test func `special values`() {
    #expect(exponential(0) == 1)
    #expect(exponential(1000) == .infinity)
    #expect(exponential(-1000) == 0)
    #expect(exponential(-740) == exp(-740))
    #expect(exponential(.infinity) == .infinity && exponential(-.infinity) == 0)
    #expect(exponential(.nan).isNaN)
    #expect(naturalLogarithm(1) == 0)
    #expect(naturalLogarithm(0) == -.infinity)
    #expect(naturalLogarithm(-1).isNaN && naturalLogarithm(.nan).isNaN)
    #expect(naturalLogarithm(.infinity) == .infinity)
    #expect(naturalLogarithm(.leastNonzeroMagnitude) == log(.leastNonzeroMagnitude))
    #expect(power(2, 10) == 1024 || abs(power(2, 10) - 1024) < 1e-11)
  }

  @Test func `a softmax adds up to one and survives large numbers`() {
    #expect(agree(softmax([0.5, -0.5]), [0.73105858, 0.26894142]))
    #expect(softmax([1e4, 0]) == [1, 0])
    #expect(softmax([]) == [])
  }

  @Test(arguments: [("", "abc", 3), ("kitten", "sitting", 3), ("log", "log", 0), ("a", "", 1)])
  func `the edit distance counts changes`(source: String, target: String, distance: Int) {
    #expect(editDistance(source, target) == distance)
  }
}

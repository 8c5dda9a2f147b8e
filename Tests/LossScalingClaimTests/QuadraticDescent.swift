import NeuralNetworks
import TensorCore

/// ½ xᵀ H x − bᵀ x in five dimensions, descended by the real optimisers: where the claims about
/// optimisers are put to the test.
struct QuadraticDescent {
  /// What the loss is multiplied with, α.
  var scale = 1.0
  /// The learning rate, η.
  var rate = 0.01
  /// The largest norm of the gradient, if it is clipped.
  var clip: Double?
  /// The number of steps.
  var steps = 200

  /// H, positive definite, with eigenvalues between 0.6 and 5.6.
  static let curvature: [[Double]] = [
    [3, 1, 0, 0.5, 0], [1, 2, 0.5, 0, 0.25], [0, 0.5, 4, 1, 0], [0.5, 0, 1, 2.5, 1],
    [0, 0.25, 0, 1, 5],
  ]
  static let linear = [1, -2, 0.5, 3, -1.5]
  static let start: [Float] = [2, -1, 0.5, 1, -2]

  /// The gradient of the quadratic.
  static func gradient(at x: [Float]) -> [Double] {
    zip(curvature, linear).map { row, b in
      zip(row, x).reduce(-b) { $0 + $1.0 * Double($1.1) }
    }
  }

  /// Where an optimiser is after all steps.
  func end(_ optimizer: any Optimizer) -> [Float] {
    end(optimizer) { x in Self.gradient(at: x).map { scale * $0 } }
  }

  /// The same for another loss, given by its gradient.
  func end(_ optimizer: any Optimizer, gradient: ([Float]) -> [Double]) -> [Float] {
    let parameters = Buffer(Self.start)
    let memory = Buffer(count: parameters.count)
    for _ in 0..<steps {
      memory.assign(gradient(parameters.array).map(Float.init))
      let factor = clip.map { clippingScale(norm: norm(of: memory), maximum: $0) } ?? 1
      optimizer.step(parameters, gradient: memory, gradientScale: factor, learningRate: rate)
    }
    return parameters.array
  }
}

/// The largest distance between two numbers at the same place.
func distance(_ x: [Float], _ y: [Float]) -> Double {
  zip(x, y).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
}

/// By how much of the learning rate the first step of an optimiser goes, for a gradient.
func firstStep(_ optimizer: any Optimizer, gradient: Double) -> Double {
  let parameters = Buffer([0])
  optimizer.step(
    parameters, gradient: Buffer([Float(gradient)]), gradientScale: 1, learningRate: 1)
  return Double(-parameters[0])
}

import NeuralNetworks
import TensorCore

/// ½ xᵀ H x − bᵀ x in five dimensions, times α.
struct ScaledQuadratic: Sendable {
  let scale: Double

  private static let curvature: [[Double]] = [
    [3, 1, 0, 0.5, 0], [1, 2, 0.5, 0, 0.25], [0, 0.5, 4, 1, 0], [0.5, 0, 1, 2.5, 1],
    [0, 0.25, 0, 1, 5],
  ]
  private static let linear = [1, -2, 0.5, 3, -1.5]

  /// Where 200 steps of an optimiser lead.
  func end(_ optimizer: any Optimizer, rate: Double = 0.01) -> [Double] {
    let parameters = Buffer([2, -1, 0.5, 1, -2])
    let gradient = Buffer(count: 5)
    for _ in 0..<200 {
      let x = parameters.array
      gradient.assign(
        zip(Self.curvature, Self.linear).map { row, b in
          Float(scale * zip(row, x).reduce(-b) { $0 + $1.0 * Double($1.1) })
        })
      optimizer.step(parameters, gradient: gradient, gradientScale: 1, learningRate: rate)
    }
    return parameters.array.map(Double.init)
  }

  /// How far the end is from that without the factor.
  func deviation(_ make: () -> any Optimizer, rate: Double = 0.01) -> Double {
    let ends = zip(end(make(), rate: rate), Self(scale: 1).end(make()))
    return ends.reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

import TensorCore

/// A function to be minimised, with its gradient, for the tests of L-BFGS.
struct MinimizationObjective: Sendable {
  /// Value and gradient at a place.
  let function: @Sendable ([Double]) -> (Double, [Double])

  init(_ function: @escaping @Sendable ([Double]) -> (Double, [Double])) {
    self.function = function
  }

  /// Where `Tests/Fixtures/NumPy/lbfgs.py` begins.
  static let start: [Float] = [-0.5, 0.8, 0.3, -1, 1.2, 0.1]
  /// Where its quadratic is smallest.
  static let goal: [Float] = [0.5, -1, 0.25, 1.5, -0.75, 2]

  /// ½ Σ cᵢ (xᵢ − goalᵢ)² with curvatures from 1 to 30.
  static let quadratic = Self { x in
    var value = 0.0
    var gradient = x
    for (index, curvature) in [1.0, 2, 5, 10, 20, 30].enumerated() {
      let distance = x[index] - Double(goal[index])
      value += 0.5 * curvature * distance * distance
      gradient[index] = curvature * distance
    }
    return (value, gradient)
  }

  /// Rosenbrock's valley, 100 (y − x²)² + (1 − x)².
  static let valley = valleys(steepness: 100)

  /// Valleys behind one another, of a tenth of that steepness.
  static let valleys = valleys(steepness: 10)

  private static func valleys(steepness: Double) -> Self {
    Self { x in
      var value = 0.0
      var gradient = Array(repeating: 0.0, count: x.count)
      for index in 0..<x.count - 1 {
        let (a, b) = (x[index], x[index + 1])
        let height = b - a * a
        value += steepness * height * height + (1 - a) * (1 - a)
        gradient[index] += -4 * steepness * a * height - 2 * (1 - a)
        gradient[index + 1] += 2 * steepness * height
      }
      return (value, gradient)
    }
  }

  /// The function, times a factor, as L-BFGS asks for it.
  func closure(_ parameters: Buffer, factor: Double = 1) -> (Buffer) -> Double {
    { gradient in
      let (value, slopes) = function(parameters.array.map(Double.init))
      gradient.assign(slopes.map { Float(factor * $0) })
      return factor * value
    }
  }
}

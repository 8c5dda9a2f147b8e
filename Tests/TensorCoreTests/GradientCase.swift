import TensorCore
import TestSupport
import Testing

/// A function of variables whose gradient is held against differences of its values.
struct GradientCase: Sendable, CustomTestStringConvertible {
  typealias Function = @Sendable (_ inputs: [Variable]) -> Variable

  /// Where the inputs are drawn from.
  enum Points: Sendable {
    /// Anywhere in a range.
    case anywhere(ClosedRange<Float>)
    /// A range and its mirror image, which leave out what is around 0.
    case awayFromZero(ClosedRange<Float>)
    /// On a grid on which no input comes nearer than 1/8 to a quarter, nor to another input.
    case awayFromEachOther
  }

  let name: String
  let shapes: [Shape]
  var points = Points.anywhere(-1.5...1.5)
  let function: Function

  init(
    _ name: String, _ shapes: [Shape], _ points: Points = .anywhere(-1.5...1.5),
    _ function: @escaping Function
  ) {
    self.name = name
    self.shapes = shapes
    self.points = points
    self.function = function
  }

  var testDescription: String {
    "\(name) of \(shapes.map(\.description).joined(separator: ", "))"
  }

  /// Random inputs, multiples of 2⁻¹⁰ so that steps of 2⁻⁵ away from them are exact.
  func inputs(using generator: inout SplitMix) -> [Tensor] {
    shapes.enumerated().map { position, shape in
      let numbers = (0..<shape.count).map { _ -> Float in
        switch points {
        case .anywhere(let range):
          return rounded(generator.float(in: range.lowerBound..<range.upperBound))
        case .awayFromZero(let range):
          let sign: Float = generator.next() & 1 == 0 ? 1 : -1
          return sign * rounded(generator.float(in: range.lowerBound..<range.upperBound))
        case .awayFromEachOther:
          let quarters = generator.float(in: -6..<6).rounded(.down)
          return quarters * 0.25 + (position == 0 ? 0.125 : 0)
        }
      }
      return Tensor(shape: shape, numbers)
    }
  }

  private func rounded(_ number: Float) -> Float { (number * 1024).rounded() / 1024 }
}

extension GradientCase {
  /// Compares the pullback with central differences of the fourth order; `nil` if they agree,
  /// otherwise a sentence.
  ///
  /// With a step h = 2⁻⁵ the formula's own error is h⁴/30 ≈ 3e-8 times a fifth derivative. The
  /// values are right to 1e-7 or so, which the division by h makes 3e-6 for each value that changes.
  func mismatch(tolerance: Double = 2e-5) -> String? {
    var generator = SplitMix(seed: testDescription.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    let inputs = inputs(using: &generator)
    let tape = Tape()
    // The memory that the tape hands out is not zero, as in a training loop.
    _ = tape.constant(Tensor(shape: [4096], repeating: .nan))
    tape.reset()
    let variables = inputs.map { tape.variable($0) }
    let output = function(variables)
    let cotangent = Tensor(shape: output.shape, generator.floats(output.shape.count))
    tape.pullback(output, cotangent: cotangent)
    for (position, variable) in variables.enumerated() {
      let gradient = tape.gradient(of: variable)
      guard gradient.shape == inputs[position].shape else {
        return "The gradient has the shape \(gradient.shape)."
      }
      for index in gradient.numbers.indices {
        let expected = derivative(of: cotangent, at: inputs, position, index)
        let error = abs(Double(gradient.numbers[index]) - expected)
        if !(error <= tolerance * max(1, abs(expected))) {
          return "Number \(index) of the gradient of input \(position) is "
            + "\(gradient.numbers[index]), by differences \(expected)."
        }
      }
    }
    return nil
  }

  /// The derivative of `Σ cotangent · output` with respect to one number of one input.
  private func derivative(
    of cotangent: Tensor, at inputs: [Tensor], _ position: Int, _ index: Int
  ) -> Double {
    func values(_ offset: Float) -> [Float] {
      var inputs = inputs
      inputs[position].numbers[index] += offset
      let tape = Tape(isRecording: false)
      return function(inputs.map { tape.constant($0) }).tensor.numbers
    }
    let step: Float = 0x1p-5
    let (far, near) = ((values(2 * step), values(-2 * step)), (values(step), values(-step)))
    var sum = 0.0
    for (at, weight) in cotangent.numbers.enumerated() {
      let wide = Double(far.0[at]) - Double(far.1[at])
      let narrow = Double(near.0[at]) - Double(near.1[at])
      sum += Double(weight) * (8 * narrow - wide)
    }
    return sum / (12 * Double(step))
  }
}

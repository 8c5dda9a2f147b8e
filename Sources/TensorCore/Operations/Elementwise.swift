import CKernels

extension Tape {
  /// y = f(x), elementwise.
  func unary(
    _ function: ck_unary, _ x: Variable, lower: Float = 0, upper: Float = 0,
    of operation: StaticString = #function
  ) -> Variable {
    let y = output(x.shape, of: operation)
    ck_run_unary(function, y.destination, x.memory, x.shape.count, lower, upper)
    let attributes = Attributes.unary(function, lower: lower, upper: upper)
    // dx = dy f'(x)
    record(y, x, attributes: attributes) { tape, y in
      guard let dy = y.gradient, case .unary(let function, let lower, let upper) = y.attributes,
        let (dx, add) = tape.collect(Int(y.inputs[0]))
      else { return }
      ck_run_unary_pullback(
        function, dx, dy, tape.input(0, of: y).value, y.value, y.shape.count, lower, upper, add)
    }
    return y
  }
}

/// The hyperbolic tangent.
public func tanh(_ x: Variable) -> Variable { x.tape.unary(ck_tanh, x) }

/// max(x, 0); its slope at 0 is 0.
public func relu(_ x: Variable) -> Variable { x.tape.unary(ck_relu, x) }

/// x / (1 + exp(−x)), the sigmoid linear unit.
public func silu(_ x: Variable) -> Variable { x.tape.unary(ck_silu, x) }

/// x Φ(x) with the normal distribution function Φ, by the error function and not by a tanh.
public func gelu(_ x: Variable) -> Variable { x.tape.unary(ck_gelu, x) }

/// x above 0, exp(x) − 1 below: the exponential linear unit.
public func elu(_ x: Variable) -> Variable { x.tape.unary(ck_elu, x) }

/// 1 / (1 + exp(−x)).
public func sigmoid(_ x: Variable) -> Variable { x.tape.unary(ck_sigmoid, x) }

/// log(1 + exp x), without overflow.
public func softplus(_ x: Variable) -> Variable { x.tape.unary(ck_softplus, x) }

/// The exponential function.
public func exp(_ x: Variable) -> Variable { x.tape.unary(ck_exp, x) }

/// The natural logarithm.
public func log(_ x: Variable) -> Variable { x.tape.unary(ck_log, x) }

/// x².
public func square(_ x: Variable) -> Variable { x.tape.unary(ck_square, x) }

/// √x.
public func squareRoot(_ x: Variable) -> Variable { x.tape.unary(ck_sqrt, x) }

/// |x|; its slope at 0 is 0.
public func abs(_ x: Variable) -> Variable { x.tape.unary(ck_abs, x) }

/// min(max(x, lower), upper); its slope is 1 from bound to bound and 0 beyond.
public func clamp(_ x: Variable, _ bounds: ClosedRange<Float>) -> Variable {
  x.tape.unary(ck_clamp, x, lower: bounds.lowerBound, upper: bounds.upperBound)
}

/// A function that a layer applies to its outputs.
public enum Activation: String, Sendable, Codable, CaseIterable {
  /// None.
  case identity
  /// ``tanh(_:)``
  case tanh
  /// ``relu(_:)``
  case relu
  /// ``silu(_:)``
  case silu
  /// ``gelu(_:)``
  case gelu
  /// ``elu(_:)``
  case elu

  var kernel: ck_unary {
    switch self {
    case .identity: ck_identity
    case .tanh: ck_tanh
    case .relu: ck_relu
    case .silu: ck_silu
    case .gelu: ck_gelu
    case .elu: ck_elu
    }
  }

  /// Whether the slope follows from the function's value, so that its argument need not be kept.
  var hasSlopeFromValue: Bool {
    switch self {
    case .identity, .tanh, .relu, .elu: true
    case .silu, .gelu: false
    }
  }
}

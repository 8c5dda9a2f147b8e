import TensorCore

/// The mean of the squared differences, a scalar.
public func meanSquaredError(_ prediction: Variable, _ target: Variable) -> Variable {
  mean(square(prediction - target))
}

/// The mean of −log of the probability of the right class, a scalar.
///
/// - Parameters:
///   - scores: Unnormalised log-probabilities, `[rows, classes]`.
///   - targets: The right classes, whole numbers as floats, `[rows]`, constant.
/// - Returns: A scalar.
public func crossEntropy(_ scores: Variable, _ targets: Variable) -> Variable {
  -mean(pick(logSoftmax(scores), targets))
}

/// The mean of `d² / 2β` for differences below β and of `|d| − β/2` above, a scalar.
///
/// With `m = min(|d|, β)` both are `m (|d| − m/2) / β`.
///
/// - Precondition: `beta` is positive.
public func smoothL1Loss(
  _ prediction: Variable, _ target: Variable, beta: Float = 1
) -> Variable {
  precondition(beta > 0, "The width of the quadratic part is \(beta); it must be positive.")
  let distance = abs(prediction - target)
  let quadratic = clamp(distance, 0...beta)
  return mean(quadratic * (distance - quadratic * 0.5) * (1 / beta))
}

/// Each row less its mean, divided by its deviation, times a weight plus a bias.
///
/// - Parameters:
///   - x: `[rows, columns]`.
///   - weight: `[columns]`.
///   - bias: `[columns]`.
///   - epsilon: What is added to the variance.
/// - Returns: `[rows, columns]`.
///
/// Source: Ba et al., *Layer Normalization*, 2016, <https://arxiv.org/abs/1607.06450>.
public func layerNormalization(
  _ x: Variable, _ weight: Variable, _ bias: Variable, epsilon: Float = 1e-5
) -> Variable {
  let column = Shape(x.shape[0], 1)
  let centered = x - reshape(mean(x, axis: -1), column)
  let variance = reshape(mean(square(centered), axis: -1), column)
  return centered / squareRoot(variance + epsilon) * weight + bias
}

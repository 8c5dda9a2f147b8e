import Requirements
import TensorCore

// Each loss comes twice: for each row, which is what a `CompositeLoss` asks for, and as the mean.

/// The means of the squared differences of each row, `[rows]`.
///
/// - Parameters:
///   - prediction: `[rows, columns]`.
///   - target: `[rows, columns]`.
/// - Returns: `[rows]`.
public func squaredErrors(_ prediction: Variable, _ target: Variable) -> Variable {
  mean(square(prediction - target), axis: -1)
}

/// The mean of the squared differences, a scalar.
public func meanSquaredError(_ prediction: Variable, _ target: Variable) -> Variable {
  mean(square(prediction - target))
}

/// −log of the probability of each row's right class, `[rows]`.
///
/// - Parameters:
///   - scores: Unnormalised log-probabilities, `[rows, classes]`.
///   - targets: The right classes, whole numbers as floats, `[rows]`, constant.
/// - Returns: `[rows]`.
public func crossEntropies(_ scores: Variable, _ targets: Variable) -> Variable {
  -pick(logSoftmax(scores), targets)
}

/// The mean of −log of the probability of the right class, a scalar.
///
/// - Parameters:
///   - scores: Unnormalised log-probabilities, `[rows, classes]`.
///   - targets: The right classes, whole numbers as floats, `[rows]`, constant.
/// - Returns: A scalar.
public func crossEntropy(_ scores: Variable, _ targets: Variable) -> Variable {
  mean(crossEntropies(scores, targets))
}

/// The means, for each row, of `d² / 2β` for differences below β and of `|d| − β/2` above, `[rows]`.
///
/// - Precondition: `beta` is positive.
public func smoothL1Losses(
  _ prediction: Variable, _ target: Variable, beta: Float = 1
) -> Variable {
  mean(smoothMagnitude(prediction - target, beta: beta), axis: -1)
}

/// The mean of `d² / 2β` for differences below β and of `|d| − β/2` above, a scalar.
///
/// - Precondition: `beta` is positive.
public func smoothL1Loss(
  _ prediction: Variable, _ target: Variable, beta: Float = 1
) -> Variable {
  mean(smoothMagnitude(prediction - target, beta: beta))
}

/// The mean of `d² / 2` for differences below δ and of `δ (|d| − δ/2)` above, a scalar.
///
/// δ times ``smoothL1Loss(_:_:beta:)``: this one is the squared error near 0, that one the absolute
/// error far away, whatever the width.
///
/// - Precondition: `delta` is positive.
///
/// Source: Huber, *Robust Estimation of a Location Parameter*, 1964,
/// <https://doi.org/10.1214/aoms/1177703732>.
public func huberLoss(_ prediction: Variable, _ target: Variable, delta: Float = 1) -> Variable {
  smoothL1Loss(prediction, target, beta: delta) * delta
}

/// `d² / 2β` below β and `|d| − β/2` above: with `m = min(|d|, β)` both are `m (|d| − m/2) / β`.
private func smoothMagnitude(_ difference: Variable, beta: Float) -> Variable {
  require(beta > 0, "The width of the quadratic part is \(beta); it must be positive.")
  let distance = abs(difference)
  let quadratic = clamp(distance, 0...beta)
  return quadratic * (distance - quadratic * 0.5) * (1 / beta)
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

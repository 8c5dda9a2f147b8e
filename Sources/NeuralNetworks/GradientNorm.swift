import TensorCore

/// The norm of a vector, `√Σ x²`, summed in double precision.
public func norm(of vector: Buffer) -> Double {
  Sums.product(vector.pointer, vector.pointer, count: vector.count).squareRoot()
}

/// What a gradient is multiplied by so that its norm does not exceed a maximum:
/// `min(1, maximum / (norm + 1e-6))`.
///
/// All parameters are clipped together, so the direction stays.
///
/// Source: Pascanu et al., *On the difficulty of training recurrent neural networks*, ICML 2013,
/// <https://arxiv.org/abs/1211.5063>; the constant is PyTorch's.
public func clippingScale(norm: Double, maximum: Double) -> Float {
  Float(min(1, maximum / (norm + 1e-6)))
}

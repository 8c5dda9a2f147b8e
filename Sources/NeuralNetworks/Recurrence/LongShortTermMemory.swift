import TensorCore

extension RecurrentLayer {
  /// One step of long short-term memory:
  ///
  ///     i, f, o = σ(x_i + h_i), σ(x_f + h_f), σ(x_o + h_o)
  ///     g = tanh(x_g + h_g)
  ///     c′ = f c + i g
  ///     h′ = o tanh c′
  ///
  /// where `x_…` and `h_…` are the blocks of `W x + b` and `U h + d`, in the order i, f, g, o.
  ///
  /// - Parameters:
  ///   - states: h and c beside one another, `[n, 2 H]`.
  ///   - x: `W x + b`, `[n, 4 H]`.
  ///   - tape: Where to record.
  /// - Returns: h′ and c′, `[n, 2 H]`.
  ///
  /// Source: Hochreiter and Schmidhuber, *Long Short-Term Memory*, Neural Computation 9(8), 1997,
  /// <https://doi.org/10.1162/neco.1997.9.8.1735>, with the forget gate of Gers et al., 2000.
  func longShortTermMemory(_ states: Variable, _ x: Variable, on tape: Tape) -> Variable {
    let (h, c) = (columns(0, of: states), columns(1, of: states))
    let sums = x + hidden(h, on: tape)
    let gates = sigmoid(columns(0, 2, of: sums))
    let (i, f) = (columns(0, of: gates), columns(1, of: gates))
    let g = tanh(columns(2, of: sums))
    let o = sigmoid(columns(3, of: sums))
    let next = f * c + i * g
    return concatenate(o * tanh(next), next, axis: 1)
  }
}

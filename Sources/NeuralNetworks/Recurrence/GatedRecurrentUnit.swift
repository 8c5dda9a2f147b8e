import TensorCore

extension RecurrentLayer {
  /// One step of a gated recurrent unit:
  ///
  ///     r, z = σ(x_r + h_r), σ(x_z + h_z)
  ///     n = tanh(x_n + r h_n)
  ///     h′ = (1 − z) n + z h
  ///
  /// where `x_…` and `h_…` are the blocks of `W x + b` and `U h + c`.
  ///
  /// - Parameters:
  ///   - h: The states, `[n, H]`.
  ///   - x: `W x + b`, `[n, 3 H]`.
  ///   - tape: Where to record.
  /// - Returns: h′, `[n, H]`.
  ///
  /// Source: Cho et al., *Learning Phrase Representations using RNN Encoder–Decoder*, EMNLP 2014,
  /// <https://arxiv.org/abs/1406.1078>, in PyTorch's form, in which r multiplies `U h + c`.
  func gatedRecurrentUnit(_ h: Variable, _ x: Variable, on tape: Tape) -> Variable {
    let u = hidden(h, on: tape)
    let gates = sigmoid(columns(0, 2, of: x) + columns(0, 2, of: u))
    let (r, z) = (columns(0, of: gates), columns(1, of: gates))
    let n = tanh(columns(2, of: x) + r * columns(2, of: u))
    return n + z * (h - n)
  }
}

import TensorCore

extension PolicyOutput {
  /// Looks for a value that is not finite, or for actions that have no probability.
  ///
  /// - Returns: The row of the first such number, what it is, and the number; `nil` if there is none.
  func firstNotFinite() -> (row: Int, what: EvaluationError.Quantity, number: Float)? {
    if let row = (0..<value.shape.count).first(where: { !value.memory[$0].isFinite }) {
      return (row, .value, value.memory[row])
    }
    return policy.firstNotFinite().map { ($0.row, .probability, $0.number) }
  }
}

extension Variable {
  /// The first number that something is true of, with its row; row 0 where all rows have the same.
  func first(where isWanted: (Float) -> Bool) -> (row: Int, number: Float)? {
    let width = shape.rank < 2 ? shape.count : shape[1]
    return (0..<shape.count).first { isWanted(memory[$0]) }.map { ($0 / width, memory[$0]) }
  }
}

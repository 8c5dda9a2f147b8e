/// The first value that became infinite or NaN in a computation on a ``Tape``.
public enum Anomaly: Hashable, Sendable {
  /// A number that was given to the computation.
  case constant(Shape)
  /// A parameter, at that place of the parameter vector.
  case parameter(offset: Int)
  /// The output of an operation whose inputs were all finite.
  case value(of: String, Shape)
  /// The gradient that the pullback of an operation gave one of its inputs.
  case gradient(of: String, Shape)
}

extension Tape {
  /// The first value, in the order in which they were computed, that is not finite.
  func firstValueAnomaly() -> Anomaly? {
    for position in 0..<count {
      let node = node(at: position)
      let numbers = UnsafeBufferPointer(start: node.value, count: node.shape.count)
      guard let index = numbers.firstIndex(where: { !$0.isFinite }) else { continue }
      if node.parameterOffset >= 0 { return .parameter(offset: node.parameterOffset + index) }
      return node.operation.map { .value(of: "\($0)", node.shape) } ?? .constant(node.shape)
    }
    return nil
  }

  /// Runs backwards like `runBackwards`, and stops at the first operation whose pullback gives a
  /// number that is not finite.
  func firstGradientAnomaly() -> Anomaly? {
    for position in (0..<count).reversed() where node(at: position).isGradientWritten {
      let node = node(at: position)
      guard let pullback = pullback(at: position), let operation = node.operation else { continue }
      pullback(self, node)
      for slot in 0..<3 where node.inputs[slot] >= 0 {
        let input = input(slot, of: node)
        guard input.isGradientWritten, let gradient = input.gradient else { continue }
        let numbers = UnsafeBufferPointer(start: gradient, count: input.shape.count)
        if !numbers.allSatisfy(\.isFinite) { return .gradient(of: "\(operation)", node.shape) }
      }
    }
    return nil
  }
}

extension CompositeLoss {
  /// Computes a minibatch again, block by block on this thread, to find what first became infinite
  /// or NaN.
  ///
  /// - Parameters:
  ///   - weights: The weights of the losses, `[K]`.
  ///   - rows: B.
  ///   - parameters: The parameters, `[P]`.
  ///   - body: What computes the losses.
  /// - Returns: What was found, in a value or, if all values are finite, in a gradient.
  public func firstAnomaly(
    _ weights: [Double], rows: Int, at parameters: Buffer, _ body: Body
  ) -> Anomaly? {
    let tape = Tape()
    let gradient = Buffer(count: parameters.count)
    for first in stride(from: 0, to: rows, by: rowsPerBlock) {
      tape.reset(parameters: parameters)
      body(tape, first..<min(first + rowsPerBlock, rows))
      if let anomaly = tape.firstValueAnomaly() { return anomaly }
      tape.beginPullback(addingTo: gradient.pointer)
      for (term, weight) in zip(tape.terms, weights) where weight != 0 {
        tape.seed(term, with: Float(weight / Double(rows)))
      }
      if let anomaly = tape.firstGradientAnomaly() { return anomaly }
    }
    return nil
  }
}

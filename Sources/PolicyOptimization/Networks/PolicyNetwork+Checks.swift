import EnvironmentKit
import NeuralNetworks
import TensorCore

// Whether a network fits the spaces of an environment, tried on rows of zeros.

extension PolicyNetwork {
  /// Evaluates two rows of zeros and compares the shapes of all that the network gives.
  ///
  /// - Parameters:
  ///   - environment: Where the policy is to act.
  ///   - parameters: The network's.
  /// - Returns: The tape, with what the network recorded on it.
  /// - Throws: ``NetworkMismatch`` that names what does not fit.
  @discardableResult
  func checkFit(
    to environment: any BatchableEnvironment, parameters: Buffer
  ) throws(NetworkMismatch) -> Tape {
    let width = environment.observationSpace.count
    if let observationCount, observationCount != width {
      throw NetworkMismatch(
        description: """
          The network takes observations of \(observationCount) numbers; \(environment.name) gives \
          \(width). Make the network for this environment.
          """)
    }
    guard parameters.count == layout.count else {
      throw NetworkMismatch(
        description: """
          There are \(parameters.count) parameters; the network's layout has \(layout.count). Give \
          those that were made for this network.
          """)
    }
    let (tape, rows) = (Tape(isRecording: false), 2)
    tape.reset(parameters: parameters)
    func zeros(_ count: Int) -> Variable {
      tape.constant(Tensor(shape: Shape(rows, count), repeating: 0))
    }
    let memory =
      memoryCount > 0 ? SequenceMemory(steps: 1, states: zeros(memoryCount)) : nil
    let output = self(PolicyInput(observations: zeros(width), memory: memory), on: tape)
    try output.value.check("PolicyOutput.value", is: Shape(rows))
    try checkMemory(output.memory, rows: rows)
    try output.policy.checkFit(to: environment.actionSpace, rows: rows)
    try output.policy.entropy().check("PolicyOutput.policy.entropy()", is: Shape(rows))
    return tape
  }

  private func checkMemory(_ memory: Variable?, rows: Int) throws(NetworkMismatch) {
    if let memory, memoryCount > 0 {
      return try memory.check("PolicyOutput.memory", is: Shape(rows, memoryCount))
    }
    if memory == nil, memoryCount == 0 { return }
    throw NetworkMismatch(
      description: """
        The network's memoryCount is \(memoryCount), but its PolicyOutput.memory is \
        \(memory.map { "of shape \($0.shape)" } ?? "nil"). A network that remembers gives \
        [rows, memoryCount], another one nil.
        """)
  }
}

extension Variable {
  /// Compares the shape with what is expected of something that a user's code gave.
  ///
  /// - Parameters:
  ///   - name: What it is.
  ///   - expected: The shape.
  /// - Throws: ``NetworkMismatch`` if it has another shape.
  func check(_ name: String, is expected: Shape) throws(NetworkMismatch) {
    guard shape != expected else { return }
    throw NetworkMismatch(
      description: """
        \(name) has the shape \(shape) for \(expected[0]) rows; expected \(expected). Bring it to \
        that shape, for example with reshape.
        """)
  }
}

import Requirements
import TensorCore

/// What a recurrent network remembers at the start of some sequences of equal length.
///
/// The rows of the sequences follow one another step by step: row `step · n + sequence` for n
/// sequences. A single step of n environments is n sequences of one row.
public struct SequenceMemory {
  /// The number of steps of each sequence, L.
  public let steps: Int
  /// What is remembered before the first step, `[n, S]`.
  public let states: Variable
  /// 1 where a row goes on from the one before, 0 where an episode begins with it and nothing is
  /// remembered, `[L · n, 1]`; `nil` if none begins within the sequences.
  public let continues: Variable?

  /// Names the parts.
  ///
  /// - Precondition: The numbers of rows fit together.
  public init(steps: Int, states: Variable, continues: Variable? = nil) {
    require(steps > 0, "A sequence has at least 1 step; got \(steps).")
    if let continues {
      require(
        continues.shape == Shape(steps * states.shape[0], 1),
        """
        \(states.shape[0]) sequences of \(steps) steps need marks of the shape \
        [\(steps * states.shape[0]), 1]; got \(continues.shape).
        """)
    }
    self.steps = steps
    self.states = states
    self.continues = continues
  }

  /// The part of the memory that one layer of several has written.
  public func slice(_ columns: Range<Int>) -> SequenceMemory {
    SequenceMemory(
      steps: steps, states: TensorCore.slice(states, columns, axis: 1), continues: continues)
  }
}

import TestSupport
import Testing

@testable import TensorCore

@Suite("Gradients at the features")
struct FeatureGramianTests {
  /// The inner products by a plain tape on which the features are leaves.
  private func plainGramian(_ subject: LossSubject, rows: Int) -> [Double] {
    let features = subject.plainTape(rows: rows).featureVariables.map(\.tensor)
    let tape = Tape()
    tape.reset(parameters: subject.parameters)
    let leaves = features.map { tape.variable($0) }
    subject.addTerms(leaves[0], leaves[leaves.count - 1], 0..<rows, to: tape)
    let gradients = tape.termVariables.map { term in
      tape.pullback([(term, 1 / Float(rows))])
      return leaves.flatMap { sumOfRows(tape.gradient(of: $0)) }
    }
    return gradients.flatMap { first in
      gradients.map { second in zip(first, second).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }

  private func sumOfRows(_ tensor: Tensor) -> [Double] {
    let columns = tensor.shape[-1]
    return (0..<columns).map { column in
      stride(from: column, to: tensor.shape.count, by: columns)
        .reduce(0.0) { $0 + Double(tensor.numbers[$1]) }
    }
  }

  @Test(
    "equal the sums over the rows from a plain tape",
    arguments: CompositeLossTests.rowCounts, [true, false])
  func gramianEqualsPlain(_ rows: Int, _ isShared: Bool) {
    let subject = LossSubject(rows: rows, isShared: isShared)
    let loss = subject.forward(rows: rows, threads: 2)
    var gramian = [Double](repeating: .nan, count: 9)
    loss.featureGramian(into: &gramian)
    for (found, expected) in zip(gramian, plainGramian(subject, rows: rows)) {
      #expect(abs(found - expected) <= 1e-5 * abs(expected) + 1e-7, "\(found), not \(expected)")
    }
    // The policy's loss does not depend on a hidden layer of the value's own.
    #expect(isShared || gramian[1] == 0)
  }

  @Test("are the same, to the bit, if they are taken within the forward pass")
  func gramianWithinForwardPass() {
    for isShared in [true, false] {
      let subject = LossSubject(rows: 300, isShared: isShared)
      let loss = subject.forward(rows: 300, threads: 2)
      var expected = [Double](repeating: .nan, count: 9)
      loss.featureGramian(into: &expected)
      var found = [[Double]](repeating: expected.map { _ in .nan }, count: 2)
      for terms in [[true, true, true], [true, false, true]] {
        loss.forward(
          rows: 300, at: subject.parameters, measuringFeaturesOf: terms, subject.record)
        loss.featureGramian(into: &found[terms[1] ? 0 : 1])
      }
      #expect(found[0] == expected)
      // What is not asked for is 0, and the rest is as it was.
      for index in 0..<9 {
        let isLeftOut = index / 3 == 1 || index % 3 == 1
        #expect(found[1][index] == (isLeftOut ? 0 : expected[index]))
      }
    }
  }

  @Test("leave the pullback to the parameters as it was, to the bit", arguments: [true, false])
  func gramianChangesNothing(_ isShared: Bool) {
    let subject = LossSubject(rows: 300, isShared: isShared)
    let loss = subject.forward(rows: 300, threads: 2)
    let (before, after) = (
      Buffer(count: subject.parameters.count), Buffer(count: subject.parameters.count)
    )
    loss.pullback(CompositeLossTests.weights, into: before)
    var gramian = [Double](repeating: 0, count: 9)
    loss.featureGramian(into: &gramian)
    loss.pullback(CompositeLossTests.weights, into: after)
    #expect(bits(before) == bits(after))
  }

  @Test("do not depend on the order in which the features are given")
  func orderOfFeatures() {
    func gramian(isReversed: Bool) -> [Double] {
      var layout = ParameterLayout()
      let slice = layout.add("scale", [4])
      let parameters = Buffer([0.5, -1, 2, 0.25])
      let loss = CompositeLoss(termCount: 2, parameterCount: 4, pool: WorkerPool(count: 1))
      loss.forward(rows: 3, at: parameters) { tape, rows in
        let x = tape.constant(Tensor(shape: [rows.count, 1], repeating: 2))
        let first = tanh(x * tape.parameter(slice))
        let firstTerm = sum(square(first), axis: -1)
        let second = sigmoid(x * tape.parameter(slice))
        for features in isReversed ? [second, first] : [first, second] {
          tape.addFeatures(features)
        }
        tape.addTerm(firstTerm)
        tape.addTerm(sum(second * first, axis: -1))
      }
      var gramian = [Double](repeating: .nan, count: 4)
      loss.featureGramian(into: &gramian)
      return gramian
    }
    let (forwards, backwards) = (gramian(isReversed: false), gramian(isReversed: true))
    for (first, second) in zip(forwards, backwards) {
      #expect(abs(first - second) <= 1e-6 * abs(first), "\(forwards) and \(backwards)")
    }
    #expect(forwards[0] > 0)
  }
}

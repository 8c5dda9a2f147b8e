import TensorCore
import Testing

@Suite("Looking for the first number that is not finite")
struct AnomalyTests {
  /// A loss of two parameters, computed for 300 rows: in three blocks.
  private func anomaly(
    parameters: [Float] = [1, 2], weights: [Double] = [1],
    _ rows:
      @escaping @Sendable (_ parameters: Variable, _ tape: Tape, _ rows: Range<Int>) -> Variable
  ) -> Anomaly? {
    var layout = ParameterLayout()
    let slice = layout.add("parameters", Shape(2))
    let loss = CompositeLoss(termCount: 1, parameterCount: 2, pool: WorkerPool(count: 2))
    return loss.firstAnomaly(weights, rows: 300, at: Buffer(parameters)) { tape, range in
      tape.addTerm(rows(tape.parameter(slice), tape, range))
    }
  }

  @Test("finds none where there is none")
  func findsNone() {
    #expect(
      anomaly { parameters, _, rows in repeated(sum(tanh(parameters)), rows: rows.count) } == nil)
  }

  @Test("names the operation whose value it is, not what follows")
  func namesValues() {
    let found = anomaly { parameters, _, rows in
      repeated(sum(square(log(-parameters))), rows: rows.count)
    }
    #expect(found == .value(of: "log(_:)", Shape(2)))
  }

  @Test("names the operation whose pullback it is, where all values are finite")
  func namesGradients() {
    let found = anomaly { parameters, _, rows in
      repeated(sum(squareRoot(square(parameters * 0))), rows: rows.count)
    }
    #expect(found == .gradient(of: "squareRoot(_:)", Shape(2)))
  }

  @Test("tells parameters and what was given from what was computed")
  func namesLeaves() {
    let parameter = anomaly(parameters: [1, .infinity]) { parameters, _, rows in
      repeated(sum(parameters), rows: rows.count)
    }
    #expect(parameter == .parameter(offset: 1))
    let constant = anomaly { parameters, tape, rows in
      let given = tape.constant(Tensor(shape: [2], rows.contains(299) ? [0, .nan] : [0, 0]))
      return repeated(sum(parameters * given), rows: rows.count)
    }
    #expect(constant == .constant(Shape(2)))
  }
}

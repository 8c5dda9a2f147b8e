import TensorCore
import Testing

/// A programmer's mistake stops the program with a sentence that names both values.
@Suite("Preconditions")
struct PreconditionTests {
  private func expect(_ words: [String], in output: [UInt8]) {
    let sentence = String(decoding: output, as: UTF8.self)
    for word in words { #expect(sentence.contains(word), "\(sentence)") }
  }

  @Test("A number outside a buffer is refused by a sentence")
  func outsideOfBuffer() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Buffer(count: 3)[5]
    }
    expect(["Index 5", "buffer of 3"], in: result.standardErrorContent)
  }

  @Test("A constant must lie in its buffer")
  func outsideConstant() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tape().constant(Buffer(count: 7), from: 2, shape: [2, 3])
    }
    expect(["7 numbers", "[2, 3]", "number 2"], in: result.standardErrorContent)
  }

  @Test("A gradient is as long as the parameters")
  func wrongGradient() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var layout = ParameterLayout()
      let slice = layout.add("weight", [2])
      let tape = Tape()
      tape.reset(parameters: Buffer(count: 2))
      tape.pullback([(sum(tape.parameter(slice)), 1)], addingTo: Buffer(count: 1))
    }
    expect(["gradient of 1", "2 parameters"], in: result.standardErrorContent)
  }

  #if DEBUG
    @Test("A variable that outlives a reset is found in debug builds")
    func staleVariable() async throws {
      let result = try await #require(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        let tape = Tape()
        let x = tape.constant(Tensor(shape: [2], [1, 2]))
        tape.reset()
        _ = tape.constant(Tensor(shape: [3], [5, 6, 7]))
        _ = x.tensor
      }
      expect(["after its tape had been reset"], in: result.standardErrorContent)
    }
  #endif

  @Test("Matrices whose inner sizes differ cannot be multiplied")
  func wrongProduct() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let tape = Tape()
      let x = tape.constant(Tensor(shape: [2, 3], repeating: 0))
      _ = matmul(x, tape.constant(Tensor(shape: [4, 5], repeating: 0)))
    }
    expect(["[2, 3]", "[4, 5]"], in: result.standardErrorContent)
  }

  @Test("Shapes that differ where neither has the size 1 cannot be broadcast")
  func wrongBroadcast() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let tape = Tape()
      let x = tape.constant(Tensor(shape: [2, 3], repeating: 0))
      _ = x + tape.constant(Tensor(shape: [2], repeating: 0))
    }
    expect(["[2, 3]", "[2]"], in: result.standardErrorContent)
  }

  @Test("A layer names the shapes of its weight, bias and input")
  func wrongLayer() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let tape = Tape()
      let (x, weight) = (Tensor(shape: [8, 3], repeating: 0), Tensor(shape: [5, 4], repeating: 0))
      let bias = tape.constant(Tensor(shape: [5], repeating: 0))
      _ = linear(tape.constant(x), tape.constant(weight), bias)
    }
    expect(["[8, 3]", "[5, 4]", "[5]"], in: result.standardErrorContent)
  }

  @Test("A tensor needs as many numbers as its shape")
  func wrongCount() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor(shape: [2, 3], [1, 2, 3])
    }
    expect(["[2, 3]", "6", "3"], in: result.standardErrorContent)
  }

  @Test("A parameter needs a parameter vector")
  func missingParameters() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var layout = ParameterLayout()
      _ = Tape().parameter(layout.add("policy.0.weight", [2, 3]))
    }
    expect(["policy.0.weight"], in: result.standardErrorContent)
  }

  @Test("A loss needs as many terms as it was made for")
  func wrongTermCount() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let loss = CompositeLoss(termCount: 2, parameterCount: 1, pool: WorkerPool(count: 1))
      loss.forward(rows: 1, at: Buffer(count: 1)) { tape, rows in
        tape.addTerm(tape.constant(Tensor(shape: [1], [0])))
      }
    }
    expect(["2 terms", "recorded 1"], in: result.standardErrorContent)
  }

  @Test("A loss needs as many weights as terms")
  func wrongWeightCount() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let subject = LossSubject(rows: 4)
      let gradient = Buffer(count: subject.parameters.count)
      subject.forward(rows: 4, threads: 1).pullback([1, 2], into: gradient)
    }
    expect(["2 weights", "3 losses"], in: result.standardErrorContent)
  }

  @Test("A gradient needs as much room as there are parameters")
  func smallGradient() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let subject = LossSubject(rows: 4)
      let gradient = Buffer(count: subject.parameters.count)
      subject.forward(rows: 4, threads: 1).pullback([1, 2, 3], into: gradient, row: 1)
    }
    expect(["52 numbers", "2 × 52"], in: result.standardErrorContent)
  }

  @Test("After forwards and backwards at once nothing is left to pull back")
  func pullbackWithoutForward() async {
    await #expect(processExitsWith: .failure) {
      let subject = LossSubject(rows: 4)
      let (loss, gradient) = (subject.makeLoss(threads: 1), Buffer(count: 52))
      loss.gradient(
        [1, 2, 3], rows: 4, at: subject.parameters, into: gradient, subject.record)
      loss.pullback([1, 2, 3], into: gradient)
    }
  }

  @Test("Gradients at the features need features")
  func missingFeatures() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let loss = CompositeLoss(termCount: 1, parameterCount: 1, pool: WorkerPool(count: 1))
      loss.forward(rows: 1, at: Buffer(count: 1)) { tape, rows in
        tape.addTerm(tape.constant(Tensor(shape: [1], [0])))
      }
      var gramian = [0.0]
      loss.featureGramian(into: &gramian)
    }
    expect(["no features"], in: result.standardErrorContent)
  }
}

import NeuralNetworks
import TensorCore
import TestSupport
import Testing

@Suite("L-BFGS")
struct LimitedMemoryBFGSTests {
  typealias Objective = MinimizationObjective

  @Test("A quadratic is minimised to rounding by searched steps")
  func quadraticIsMinimized() {
    let parameters = Buffer(Objective.start)
    let optimizer = LimitedMemoryBFGS(count: 6, iterationsPerStep: 60, lineSearch: .strongWolfe)
    let outcome = optimizer.step(parameters, Objective.quadratic.closure(parameters))
    #expect([.smallChange, .flatGradient, .flatDirection].contains(outcome.ending))
    #expect(outcome.evaluations < 40)
    let mismatch = Tolerance(relative: 0, absolute: 1e-4)
      .mismatch(parameters.array, Objective.goal.map(Double.init))
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test("The end of a bent valley is found")
  func valleyIsFound() {
    let parameters = Buffer([-1.2, 1])
    let optimizer = LimitedMemoryBFGS(count: 2, iterationsPerStep: 100, lineSearch: .strongWolfe)
    let outcome = optimizer.step(parameters, Objective.valley.closure(parameters))
    #expect(outcome.value > 20)
    #expect(outcome.evaluations < 80)
    #expect(abs(parameters[0] - 1) < 1e-3 && abs(parameters[1] - 1) < 2e-3)
  }

  @Test("A factor of a power of two between steps changes nothing once it is told, to the bit")
  func toldFactorChangesNothing() {
    let plain = run(factors: [1, 1, 1, 1], isTold: true)
    #expect(run(factors: [1, 1024, 4, 0x1p-12], isTold: true) == plain)
    // Not told, the change of scale is taken for curvature.
    let untold = run(factors: [1, 1024, 4, 0x1p-12], isTold: false)
    #expect(zip(untold, plain).contains { abs($0 - $1) > 1e-3 })
  }

  /// Four steps of five iterations on the valley times a factor, without tolerances.
  private func run(factors: [Double], isTold: Bool) -> [Float] {
    let parameters = Buffer(Objective.start)
    let optimizer = LimitedMemoryBFGS(
      count: 6, historySize: 7, iterationsPerStep: 5, evaluationsPerStep: 100,
      gradientTolerance: 0, changeTolerance: 0, curvatureTolerance: 0)
    var last = 1.0
    for factor in factors {
      if isTold { optimizer.rescaleCurvature(by: factor / last) }
      last = factor
      let objective = Objective.valleys.closure(parameters, factor: factor)
      optimizer.step(parameters, learningRate: 0.5, objective)
    }
    return parameters.array
  }

  @Test("Memory and counters carry the optimiser on, to the bit", arguments: [3, 100])
  func resumesExactly(historySize: Int) {
    func make() -> LimitedMemoryBFGS {
      LimitedMemoryBFGS(count: 6, historySize: historySize, iterationsPerStep: 4)
    }
    func advance(_ optimizer: LimitedMemoryBFGS, _ parameters: Buffer, steps: Int) {
      for _ in 0..<steps {
        optimizer.step(
          parameters, learningRate: 0.3, Objective.valleys.closure(parameters))
      }
    }
    let (whole, parts) = (Buffer(Objective.start), Buffer(Objective.start))
    advance(make(), whole, steps: 5)
    let interrupted = make()
    advance(interrupted, parts, steps: 2)
    let resumed = make()
    for (old, new) in zip(interrupted.memory, resumed.memory) {
      #expect(old.name == new.name)
      new.buffer.assign(from: old.buffer)
    }
    resumed.counters = interrupted.counters
    #expect(resumed.pairCount == min(7, historySize))
    advance(resumed, parts, steps: 3)
    #expect(parts.array == whole.array)
  }

  @Test("Each way to end is told")
  func endingsAreTold() {
    func end(
      at place: [Float], iterations: Int = 20, evaluations: Int = 25,
      _ objective: Objective = .quadratic, rate: Double = 0.5, change: Double = 1e-9
    ) -> LimitedMemoryBFGS.Outcome {
      let parameters = Buffer(place)
      let optimizer = LimitedMemoryBFGS(
        count: place.count, iterationsPerStep: iterations, evaluationsPerStep: evaluations,
        changeTolerance: change)
      return optimizer.step(parameters, learningRate: rate, objective.closure(parameters))
    }
    #expect(end(at: Objective.goal).ending == .flatGradient)
    #expect(end(at: Objective.goal).iterations == 0)
    let few = end(at: Objective.start, iterations: 3)
    #expect(few.ending == .iterations && few.iterations == 3 && few.evaluations == 3)
    #expect(end(at: Objective.start, evaluations: 4).ending == .evaluations)
    #expect(end(at: Objective.start, iterations: 200, evaluations: 200).ending == .smallChange)
    #expect(end(at: Objective.start, change: 1e6).ending == .flatDirection)
  }

  @Test("Where the objective is not finite, the parameters are those before")
  func notFiniteIsTakenBack() {
    // A step too long leads to where the objective is not defined.
    let objective = Objective { x in (x[0] > 0 ? x[0] * x[0] : .nan, [2 * x[0]]) }
    let parameters = Buffer([3])
    let optimizer = LimitedMemoryBFGS(count: 1)
    let outcome = optimizer.step(parameters, learningRate: 30, objective.closure(parameters))
    #expect(outcome.ending == .notFinite)
    #expect(parameters.array == [3])
    #expect(optimizer.pairCount == 0)
    // A search turns round there.
    let searching = LimitedMemoryBFGS(count: 1, lineSearch: .strongWolfe)
    searching.step(parameters, learningRate: 30, objective.closure(parameters))
    #expect(parameters[0] > 0 && parameters[0] < 3)
    let nowhere = Objective { _ in (.nan, [1]) }
    #expect(optimizer.step(parameters, nowhere.closure(parameters)).ending == .notFinite)
  }

  @Test("A wrong count and a factor that is none stop the program")
  func mistakesStop() async {
    await #expect(processExitsWith: .failure) {
      LimitedMemoryBFGS(count: 2).step(Buffer(count: 3)) { _ in 0 }
    }
    await #expect(processExitsWith: .failure) {
      LimitedMemoryBFGS(count: 2).rescaleCurvature(by: 0)
    }
    await #expect(processExitsWith: .failure) { _ = LimitedMemoryBFGS(count: 2, historySize: 0) }
    await #expect(processExitsWith: .failure) {
      LimitedMemoryBFGS(count: 2).counters = ["pairs": -1]
    }
    await #expect(processExitsWith: .success) {
      LimitedMemoryBFGS(count: 2).rescaleCurvature(by: 0.5)
    }
  }
}

@Suite("L-BFGS equals dense matrices")
struct ReferenceBFGSTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let rate: Double
    let history: Int
    let values: [Double]
    let places: [[Double]]
    var testDescription: String { "\(name), rate \(rate), history \(history)" }
  }

  struct File: Decodable { let cases: [Case] }

  static let cases = referenceCases(File.self, "NumPy/lbfgs.json", \.cases)

  @Test("There are four cases")
  func casesExist() { #expect(Self.cases.count == 4) }

  @Test("at every iteration, as single steps and as steps of several", arguments: cases)
  func equalReference(_ reference: Case) {
    let objective =
      reference.name == "quadratic" ? MinimizationObjective.quadratic : .valleys
    for iterations in [1, 4] {
      let parameters = Buffer(MinimizationObjective.start)
      let optimizer = LimitedMemoryBFGS(
        count: 6, historySize: reference.history, iterationsPerStep: iterations)
      for end in stride(from: iterations, through: reference.values.count, by: iterations) {
        let outcome = optimizer.step(
          parameters, learningRate: reference.rate, objective.closure(parameters))
        let value = reference.values[end - iterations]
        // The places are rounded to 1e-7, and the value begins at 1e2.
        #expect(abs(outcome.value - value) <= 1e-4 * value + 1e-7, "iteration \(end)")
        let mismatch = Tolerance(relative: 1e-4, absolute: 1e-4)
          .mismatch(parameters.array, reference.places[end - 1])
        #expect(mismatch == nil, "after iteration \(end): \(mismatch ?? "")")
      }
    }
  }
}

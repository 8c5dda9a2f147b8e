import NeuralNetworks
import RandomStreams
import TensorCore
import TestSupport
import Testing

/// Recurrent layers against what `Fixtures/Policies/generate.py` computes.
@Suite("Recurrent layers")
struct RecurrentLayerTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let cell: RecurrentCell
    let steps: Int
    let size: Int
    let states: FixtureArray
    let continues: FixtureArray
    let inputs: [String: FixtureArray]
    let outputs: FixtureArray
    let finalStates: FixtureArray
    let cotangent: FixtureArray
    let gradients: [String: FixtureArray]

    var testDescription: String { "\(cell), \(steps) steps, states \(states.shape)" }
  }

  struct File: Decodable { let cases: [Case] }

  static let cases = referenceCases(File.self, "Policies/recurrence.json", \.cases)
  static let tolerance = Tolerance(relative: 5e-6, absolute: 5e-6)

  @Test("There are reference values")
  func casesExist() { #expect(Self.cases.count == 4) }

  @Test("equal their formulas in outputs, states and gradients", arguments: cases)
  func equalFormulas(_ reference: Case) throws {
    var layout = ParameterLayout()
    let inputs = try #require(reference.inputs["x"])
    let layer = RecurrentLayer(
      "r", cell: reference.cell, inputs: inputs.shape[1], size: reference.size, in: &layout)
    let slices = [
      "input_weight": layer.input.weight, "input_bias": layer.input.bias,
      "hidden_weight": layer.hidden.weight, "hidden_bias": layer.hidden.bias,
    ]
    let parameters = Buffer(count: layout.count)
    for (name, slice) in slices {
      let numbers = try #require(reference.inputs[name]).floats
      for (index, number) in zip(slice.range, numbers) { parameters[index] = number }
    }

    let tape = Tape()
    tape.reset(parameters: parameters)
    func constant(_ array: FixtureArray) -> Variable {
      tape.constant(Tensor(shape: Shape(array.shape), array.floats))
    }
    let x = tape.variable(Tensor(shape: Shape(inputs.shape), inputs.floats))
    let memory = SequenceMemory(
      steps: reference.steps, states: constant(reference.states),
      continues: constant(reference.continues))
    let (outputs, states) = layer(x, from: memory, on: tape)
    expect(outputs.tensor.numbers, reference.outputs, "outputs")
    expect(states.tensor.numbers, reference.finalStates, "final states")

    let gradient = Buffer(count: layout.count)
    tape.pullback(
      outputs, cotangent: Tensor(shape: outputs.shape, reference.cotangent.floats),
      addingTo: gradient)
    expect(tape.gradient(of: x).numbers, try #require(reference.gradients["x"]), "gradient of x")
    for (name, slice) in slices {
      expect(
        Array(gradient.array[slice.range]), try #require(reference.gradients[name]),
        "gradient of \(name)")
    }
  }

  @Test("give step by step what they give at once", arguments: RecurrentCell.allCases)
  func stepsEqualSequence(_ cell: RecurrentCell) {
    var layout = ParameterLayout()
    let layer = RecurrentLayer("r", cell: cell, inputs: 3, size: 17, in: &layout)
    let parameters = Buffer(count: layout.count)
    var generator = RandomStream(seed: 1, purpose: .initialization, index: 0)
    layer.initialize(parameters, using: &generator)
    let tape = Tape()
    tape.reset(parameters: parameters)
    var numbers = SplitMix(seed: 4)
    let (steps, count) = (6, 5)
    let x = tape.constant(Tensor(shape: [steps * count, 3], numbers.floats(steps * count * 3)))
    var states = tape.constant(
      Tensor(shape: [count, layer.memoryCount], numbers.floats(count * layer.memoryCount)))
    let (outputs, final) = layer(x, from: SequenceMemory(steps: steps, states: states), on: tape)
    var apart: [Float] = []
    for step in 0..<steps {
      let (output, next) = layer(
        slice(x, step * count..<(step + 1) * count, axis: 0),
        from: SequenceMemory(steps: 1, states: states), on: tape)
      apart += output.tensor.numbers
      states = next
    }
    // To the bit: what is learnt from must be what was done.
    #expect(apart == outputs.tensor.numbers)
    #expect(states.tensor == final.tensor)
  }

  private func expect(_ numbers: [Float], _ expected: FixtureArray, _ what: String) {
    let mismatch = Self.tolerance.mismatch(numbers, expected.data)
    #expect(mismatch == nil, "\(what): \(mismatch ?? "")")
  }
}

import Testing

@testable import TensorCore

@Suite("Layers by packed weights")
struct PackedWeightsTests {
  private let parameters = Buffer((0..<1000).map { Float(($0 * 37) % 101) / 50 - 1 })
  private let inputs = Tensor(shape: [3, 5], (0..<15).map { Float($0) / 7 })

  /// The outputs of a layer, with copies of the weights of a layout or without.
  private func outputs(
    _ weight: ParameterSlice, _ bias: ParameterSlice, packed: PackedWeights?
  ) -> [Float] {
    let tape = Tape(isRecording: false)
    tape.reset(parameters: parameters, packed: packed)
    return linear(
      tape.constant(inputs), tape.parameter(weight), tape.parameter(bias), activation: .tanh
    ).tensor.numbers
  }

  /// A layout that fills the parameters.
  private func layout(_ outputs: Int) -> (ParameterLayout, ParameterSlice, ParameterSlice) {
    var layout = ParameterLayout()
    _ = layout.add("before", [7])
    let weight = layout.add("weight", [outputs, 5])
    let bias = layout.add("bias", [outputs])
    _ = layout.add("after", [1000 - layout.count])
    return (layout, weight, bias)
  }

  @Test("have the bits of those without", arguments: [16, 24, 48])
  func equalUnpacked(_ count: Int) {
    let (layout, weight, bias) = layout(count)
    let packed = PackedWeights(layout)
    packed.update(from: parameters)
    #expect((packed.weight(at: weight.offset, weight.shape) != nil) == (count % 16 == 0))
    #expect(
      outputs(weight, bias, packed: packed) == outputs(weight, bias, packed: nil))
  }

  @Test("follow the parameters at the next update")
  func follow() {
    let (layout, weight, bias) = layout(16)
    let packed = PackedWeights(layout)
    packed.update(from: parameters)
    parameters[weight.offset + 3] += 1
    #expect(outputs(weight, bias, packed: packed) != outputs(weight, bias, packed: nil))
    packed.update(from: parameters)
    #expect(outputs(weight, bias, packed: packed) == outputs(weight, bias, packed: nil))
  }

  @Test("are not used for a slice of another layout at the same place")
  func otherLayout() {
    let packed = PackedWeights(layout(16).0)
    packed.update(from: parameters)
    let (_, weight, bias) = layout(32)
    #expect(outputs(weight, bias, packed: packed) == outputs(weight, bias, packed: nil))
  }
}

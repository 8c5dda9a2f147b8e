import TensorCore
import TestSupport
import Testing

@Suite("Convolutions")
struct ConvolutionTests {
  /// A layer on pictures.
  struct Layer: Sendable, CustomTestStringConvertible {
    let pictures: [Int]  // [pictures, height, width, channels]
    let outputs: Int
    let size: Int
    var stride = 1
    var padding = 0
    var testDescription: String {
      "\(pictures) to \(outputs), window \(size), stride \(stride), padding \(padding)"
    }

    var shapes: [Shape] { [Shape(pictures), [outputs, pictures[3], size, size], [outputs]] }

    func callAsFunction(_ inputs: [Variable]) -> Variable {
      convolution(
        inputs[0], inputs[1], inputs[2], stride: stride, padding: padding, activation: .tanh)
    }
  }

  static let layers = [
    Layer(pictures: [1, 3, 3, 1], outputs: 1, size: 3),
    Layer(pictures: [2, 5, 4, 3], outputs: 2, size: 3),
    Layer(pictures: [2, 5, 4, 2], outputs: 3, size: 3, padding: 1),
    Layer(pictures: [1, 7, 6, 2], outputs: 2, size: 2, stride: 2),
    Layer(pictures: [1, 6, 5, 1], outputs: 2, size: 3, stride: 2, padding: 2),
    Layer(pictures: [3, 2, 2, 2], outputs: 4, size: 1),
    Layer(pictures: [1, 2, 2, 1], outputs: 1, size: 5, padding: 2),
    Layer(pictures: [2, 7, 9, 1], outputs: 17, size: 2, stride: 3),
    Layer(pictures: [1, 5, 5, 17], outputs: 2, size: 1, stride: 2),
    Layer(pictures: [2, 3, 3, 2], outputs: 16, size: 3, stride: 5),
  ]

  @Test("equal a sum over all pixels", arguments: layers)
  func valuesEqualSums(_ layer: Layer) {
    var generator = SplitMix(seed: 3)
    let inputs = layer.shapes.map { Tensor(shape: $0, generator.floats($0.count)) }
    let tape = Tape(isRecording: false)
    let x = inputs.map { tape.constant($0) }
    let y = convolution(x[0], x[1], x[2], stride: layer.stride, padding: layer.padding)
    let mismatch = Tolerance(relative: 1e-6, absolute: 3e-6)
      .mismatch(y.tensor.numbers, sums(layer, inputs, y.shape.list))
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  /// The definition: for every picture, row, column and output the sum over the window.
  private func sums(_ layer: Layer, _ inputs: [Tensor], _ shape: [Int]) -> [Double] {
    let (height, width, channels) = (layer.pictures[1], layer.pictures[2], layer.pictures[3])
    var sums: [Double] = []
    for place in 0..<shape.reduce(1, *) {
      let output = place % shape[3]
      let column = place / shape[3] % shape[2]
      let row = place / shape[3] / shape[2] % shape[1]
      let picture = place / shape[3] / shape[2] / shape[1]
      var sum = Double(inputs[2].numbers[output])
      for index in 0..<layer.size * layer.size * channels {
        let channel = index % channels
        let x = column * layer.stride + index / channels % layer.size - layer.padding
        let y = row * layer.stride + index / channels / layer.size - layer.padding
        guard (0..<width).contains(x) && (0..<height).contains(y) else { continue }
        let pixel = inputs[0].numbers[((picture * height + y) * width + x) * channels + channel]
        let weight = inputs[1].numbers[
          (output * channels + channel) * layer.size * layer.size + index / channels]
        sum += Double(pixel) * Double(weight)
      }
      sums.append(sum)
    }
    return sums
  }

  @Test("have the gradients of central differences", arguments: layers)
  func gradientsEqualDifferences(_ layer: Layer) {
    let subject = GradientCase(layer.testDescription, layer.shapes, .anywhere(-0.7...0.7)) {
      layer($0)
    }
    let mismatch = subject.mismatch()
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  @Test("A mean over windows drops what is left over")
  func meansOverWindows() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [1, 3, 5, 1], (0..<15).map(Float.init)))
    let y = averagePooling(x, size: 2)
    #expect(y.shape == [1, 1, 2, 1])
    #expect(y.tensor.numbers == [3, 5])
    tape.pullback([(y, 4)])
    #expect(tape.gradient(of: x).numbers == [1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test("Windows of the wrong size and weights of the wrong shape stop the program")
  func mistakesStop() async {
    await #expect(processExitsWith: .failure) {
      _ = windows(Tape().constant(Tensor(shape: [1, 4, 2, 1], repeating: 0)), size: 3)
    }
    await #expect(processExitsWith: .failure) {
      _ = windows(Tape().constant(Tensor(shape: [4, 4], repeating: 0)), size: 3)
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape()
      let weight = tape.constant(Tensor(shape: [1, 2, 3, 3], repeating: 0))
      let bias = tape.constant(Tensor(shape: [1], repeating: 0))
      _ = convolution(tape.constant(Tensor(shape: [1, 4, 4, 1], repeating: 0)), weight, bias)
    }
    await #expect(processExitsWith: .success) {
      _ = windows(Tape().constant(Tensor(shape: [1, 3, 3, 1], repeating: 0)), size: 3)
    }
  }
}

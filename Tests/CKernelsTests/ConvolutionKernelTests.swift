import CKernels
import TestSupport
import Testing

extension ck_convolution {
  /// Sizes around those of vectors, tiles and panels, and shapes with a path of their own: windows that
  /// leave pixels out, that are one pixel or the whole image, and single channels.
  static let awkward: [ck_convolution] = [
    make(1, 1, 1, 1, to: 1, 1, 1, by: 1), make(2, 5, 7, 3, to: 5, 3, 2, by: 1),
    make(3, 4, 4, 16, to: 16, 1, 1, by: 1), make(2, 9, 6, 1, to: 17, 2, 2, by: 3),
    make(1, 6, 6, 2, to: 33, 6, 6, by: 1), make(2, 7, 5, 65, to: 3, 3, 3, by: 2),
    make(1, 20, 20, 4, to: 32, 8, 8, by: 4), make(5, 6, 5, 17, to: 64, 2, 3, by: 1),
    make(1, 3, 300, 2, to: 70, 1, 3, by: 1), make(2, 8, 8, 80, to: 20, 3, 3, by: 4),
    make(0, 5, 5, 2, to: 4, 3, 3, by: 1), make(40, 3, 3, 1, to: 16, 2, 2, by: 1),
  ]

  private static func make(
    _ images: Int, _ height: Int, _ width: Int, _ channels: Int, to outputs: Int,
    _ windowHeight: Int, _ windowWidth: Int, by stride: Int
  ) -> ck_convolution {
    ck_convolution(
      images: images, height: height, width: width, channels: channels, outputs: outputs,
      window_height: windowHeight, window_width: windowWidth, stride: stride)
  }

  var imageCount: Int { images * height * width * channels }
  var weightCount: Int { outputs * ck_convolution_depth(self) }
  var resultCount: Int {
    images * ck_convolution_rows(self) * ck_convolution_columns(self) * outputs
  }
  var text: String {
    "\(images) × \(height) × \(width) × \(channels) to \(outputs), \(window_height) × \(window_width) by \(stride)"
  }
}

extension KernelRun {
  static let convolution = KernelRun("convolution") { kernels, size, numbers in
    let sizes = ck_convolution.awkward[size % ck_convolution.awkward.count]
    let (x, weight) = (numbers.memory(sizes.imageCount), numbers.memory(sizes.weightCount))
    let (bias, y) = (numbers.memory(sizes.outputs), numbers.memory(sizes.resultCount))
    let packed = numbers.memory(ck_convolution_packed_count(sizes))
    let (dx, dw) = (numbers.memory(sizes.imageCount), numbers.memory(sizes.weightCount))
    kernels.pack_convolution(packed.pointer, weight.pointer, sizes)
    kernels.convolve(y.pointer, x.pointer, packed.pointer, bias.pointer, sizes, ck_tanh)
    kernels.convolve_weight_gradient(dw.pointer, x.pointer, y.pointer, packed.pointer, sizes)
    kernels.pack_convolution_transposed(packed.pointer, weight.pointer, sizes)
    kernels.convolve_image_gradient(dx.pointer, y.pointer, packed.pointer, sizes)
    #expect(packed.isIntact)
    return [Output(y), Output(dw), Output(dx)]
  }
}

@Suite("Convolutions equal their naive twin")
struct ConvolutionKernelTests {
  @Test("forwards", arguments: Level.all)
  func valuesEqualNaive(_ level: Level) {
    for (index, sizes) in ck_convolution.awkward.enumerated() {
      var numbers = Numbers(.ordinary, seed: index)
      let (x, weight) = (numbers.memory(sizes.imageCount), numbers.memory(sizes.weightCount))
      let (bias, y) = (numbers.memory(sizes.outputs), numbers.memory(sizes.resultCount))
      let packed = numbers.memory(ck_convolution_packed_count(sizes))
      level.kernels.pack_convolution(packed.pointer, weight.pointer, sizes)
      level.kernels.convolve(
        y.pointer, x.pointer, packed.pointer, bias.pointer, sizes, ck_relu)
      #expect(y.isIntact && packed.isIntact, "\(sizes.text)")
      var expected = y.numbers
      ck_naive_convolve(&expected, x.pointer, weight.pointer, bias.pointer, sizes)
      // Sums of up to 600 products of numbers up to 4: partial sums stay below 1,000.
      let mismatch = Tolerance(relative: 1e-6, absolute: 3e-4)
        .mismatch(y.numbers, expected.map { Double(max($0, 0)) })
      #expect(mismatch == nil, "\(sizes.text): \(mismatch ?? "")")
    }
  }

  @Test("backwards", arguments: Level.all)
  func gradientsEqualNaive(_ level: Level) {
    for (index, sizes) in ck_convolution.awkward.enumerated() {
      var numbers = Numbers(.ordinary, seed: index + 50)
      let (x, weight) = (numbers.memory(sizes.imageCount), numbers.memory(sizes.weightCount))
      let (dx, dw) = (numbers.memory(sizes.imageCount), numbers.memory(sizes.weightCount))
      let dy = numbers.memory(sizes.resultCount)
      let packed = numbers.memory(ck_convolution_packed_count(sizes))
      var (expectedX, expectedW) = (dx.numbers.map(Double.init), dw.numbers.map(Double.init))
      ck_naive_convolve_gradients(
        &expectedX, &expectedW, dy.pointer, x.pointer, weight.pointer, sizes)
      level.kernels.convolve_weight_gradient(
        dw.pointer, x.pointer, dy.pointer, packed.pointer, sizes)
      #expect(packed.isIntact, "\(sizes.text)")
      level.kernels.pack_convolution_transposed(packed.pointer, weight.pointer, sizes)
      level.kernels.convolve_image_gradient(dx.pointer, dy.pointer, packed.pointer, sizes)
      #expect(dx.isIntact && dw.isIntact && packed.isIntact, "\(sizes.text)")
      let tolerance = Tolerance(relative: 1e-6, absolute: 3e-4)
      let mismatches = [
        tolerance.mismatch(dx.numbers, expectedX), tolerance.mismatch(dw.numbers, expectedW),
      ].compactMap { $0 }
      #expect(mismatches.isEmpty, "\(sizes.text): \(mismatches)")
    }
  }
}

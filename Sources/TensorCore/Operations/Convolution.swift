import CKernels
import Requirements

/// A layer of a network for images: f(w ∗ x + bias).
///
/// As everywhere in the field it is the correlation: the weight is not mirrored. The channels of a
/// pixel lie together in images and results; the weight lies as PyTorch stores it. A result can be
/// reshaped to rows `[images, rows · columns · out]` as it is; PyTorch's `Flatten` of plane-first
/// results has the same numbers in the order `[out, rows, columns]`.
///
/// - Parameters:
///   - x: `[images, height, width, in]`.
///   - weight: `[out, in, size, size]`.
///   - bias: `[out]`.
///   - stride: The distance in pixels between the beginnings of neighbouring windows.
///   - padding: The number of pixels of zeros that are put around each image.
///   - activation: f, applied while the sums are in the cache.
/// - Returns: `[images, rows, columns, out]`; see ``windows(_:size:stride:padding:)``.
/// - Precondition: The weight is square and has as many channels as the images.
public func convolution(
  _ x: Variable, _ weight: Variable, _ bias: Variable, stride: Int = 1, padding: Int = 0,
  activation: Activation = .identity
) -> Variable {
  guard activation.hasSlopeFromValue else {
    let sums = convolution(x, weight, bias, stride: stride, padding: padding)
    return x.tape.unary(activation.kernel, sums)
  }
  require(
    weight.shape.rank == 4 && weight.shape[2] == weight.shape[3] && x.shape.rank == 4
      && x.shape[3] == weight.shape[1] && bias.shape.count == weight.shape[0],
    "A convolution of weight \(weight.shape) and bias \(bias.shape) got images of shape \(x.shape)."
  )
  let grid = WindowGrid(x.shape, size: weight.shape[2], stride: stride, padding: padding)
  let tape = x.tape
  let y = tape.output([grid.pictures, grid.rows, grid.columns, weight.shape[0]])
  let sizes = grid.paddedSizes(outputs: weight.shape[0])
  let memory = ConvolutionMemory(sizes, isPadded: padding > 0, on: tape)
  if padding > 0 { grid.pad(x.memory, into: memory.start) }
  ck_run_pack_convolution(memory.packed, weight.memory, sizes)
  ck_run_convolve(
    y.destination, memory.images(of: x.memory), memory.packed, bias.memory, sizes,
    activation.kernel)
  let attributes = Tape.Attributes.convolution(
    activation.kernel, stride: Int32(stride), padding: Int32(padding), memory: memory.start)
  // dz = dy f'(z); dx, d weight: the sums over all windows of a pixel and of a weight; d bias = Σ dz
  tape.record(y, x, weight, bias, attributes: attributes) { tape, y in
    guard let dz = y.gradient,
      case .convolution(let function, let stride, let padding, let start) = y.attributes
    else { return }
    let (x, weight) = (tape.input(0, of: y), tape.input(1, of: y))
    let grid = WindowGrid(
      x.shape, size: weight.shape[2], stride: Int(stride), padding: Int(padding))
    let sizes = grid.paddedSizes(outputs: weight.shape[0])
    let memory = ConvolutionMemory(sizes, isPadded: padding > 0, at: start)
    if function != ck_identity {
      // In place: dy is not needed afterwards.
      ck_run_unary_pullback(function, dz, dz, y.value, y.value, y.shape.count, 0, 0, false)
    }
    if let dw = tape.collectAdding(Int(y.inputs[1])) {
      ck_run_convolve_weight_gradient(
        dw, memory.images(of: x.value), dz, memory.packed, sizes)
    }
    if let (db, add) = tape.collect(Int(y.inputs[2])) {
      ck_run_sum_columns(db, dz, y.shape.count / y.shape[3], y.shape[3], add)
    }
    if let dx = tape.collectAdding(Int(y.inputs[0])) {
      ck_run_pack_convolution_transposed(memory.packed, weight.value, sizes)
      guard padding > 0 else {
        ck_run_convolve_image_gradient(dx, dz, memory.packed, sizes)
        return
      }
      memory.gradient.update(repeating: 0, count: memory.imageCount)
      ck_run_convolve_image_gradient(memory.gradient, dz, memory.packed, sizes)
      grid.addUnpadded(memory.gradient, to: dx)
    }
  }
  return y
}

/// What a convolution keeps beside its inputs and its output: the padded images, a packed weight, and
/// the gradient of the padded images.
private struct ConvolutionMemory {
  let start: UnsafeMutablePointer<Float>
  /// How many numbers the padded images have; 0 without padding, when nothing is copied.
  let imageCount: Int
  private let packedCount: Int

  /// Finds the parts of memory that was reserved.
  init(_ sizes: ck_convolution, isPadded: Bool, at start: UnsafeMutablePointer<Float>) {
    self.start = start
    imageCount = isPadded ? sizes.images * sizes.height * sizes.width * sizes.channels : 0
    packedCount = ck_convolution_packed_count(sizes)
  }

  /// Reserves memory for as long as the recording lives.
  init(_ sizes: ck_convolution, isPadded: Bool, on tape: Tape) {
    let parts = Self(sizes, isPadded: isPadded, at: tape.scratch(0))
    let gradients = tape.isRecording ? parts.imageCount : 0
    self.init(
      sizes, isPadded: isPadded,
      at: tape.scratch(parts.imageCount + parts.packedCount + gradients))
  }

  /// The padded images where there are any.
  func images(of unpadded: UnsafePointer<Float>) -> UnsafePointer<Float> {
    imageCount > 0 ? UnsafePointer(start) : unpadded
  }

  var packed: UnsafeMutablePointer<Float> { start + imageCount }
  var gradient: UnsafeMutablePointer<Float> { start + imageCount + packedCount }
}

extension WindowGrid {
  /// The sizes of a convolution of the padded images.
  fileprivate func paddedSizes(outputs: Int) -> ck_convolution {
    ck_convolution(
      images: pictures, height: height + 2 * padding, width: width + 2 * padding,
      channels: channels, outputs: outputs, window_height: size, window_width: size, stride: stride)
  }

  /// Copies images with zeros around them.
  fileprivate func pad(_ images: UnsafePointer<Float>, into padded: UnsafeMutablePointer<Float>) {
    let (line, wide) = (width * channels, (width + 2 * padding) * channels)
    let tall = height + 2 * padding
    padded.update(repeating: 0, count: pictures * tall * wide)
    for picture in 0..<pictures {
      ck_copy_rows(
        padded + (picture * tall + padding) * wide + padding * channels, wide,
        images + picture * height * line, line, height, line, false)
    }
  }

  /// Adds padded images without the pixels around them.
  fileprivate func addUnpadded(
    _ padded: UnsafePointer<Float>, to images: UnsafeMutablePointer<Float>
  ) {
    let (line, wide) = (width * channels, (width + 2 * padding) * channels)
    let tall = height + 2 * padding
    for picture in 0..<pictures {
      ck_copy_rows(
        images + picture * height * line, line,
        padded + (picture * tall + padding) * wide + padding * channels, wide, height, line, true)
    }
  }
}

import CKernels
import Requirements

// Pictures are `[pictures, height, width, channels]`: the channels of a pixel lie together, so that
// a line of a window is one run of memory.

/// The square windows of pictures, one row each, line by line: the sums of a ``convolution(_:_:_:stride:padding:activation:)``
/// run over them.
///
/// - Parameters:
///   - x: `[pictures, height, width, channels]`.
///   - size: The height and width of a window, in pixels.
///   - stride: How many pixels lie between the beginnings of neighbouring windows.
///   - padding: How many pixels of zeros are put around each picture.
/// - Returns: `[pictures · rows · columns, size · size · channels]`, where a picture has
///   `rows = (height + 2 padding − size) / stride + 1` windows below each other.
/// - Precondition: A window fits into a padded picture; size and stride are positive.
public func windows(_ x: Variable, size: Int, stride: Int = 1, padding: Int = 0) -> Variable {
  let grid = WindowGrid(x.shape, size: size, stride: stride, padding: padding)
  let tape = x.tape
  let y = tape.output(grid.windowShape)
  if padding > 0 { y.destination.update(repeating: 0, count: y.shape.count) }
  let (from, to) = (x.memory, y.destination)
  grid.forEachLine { window, picture, count in
    ck_copy_rows(to + window, 0, from + picture, 0, 1, count, false)
  }
  let attributes = Tape.Attributes.windows(size: size, stride: stride, padding: padding)
  // dx of a pixel is the sum of dy over the windows that it is in
  tape.record(y, x, attributes: attributes) { tape, y in
    guard let dy = y.gradient, case .windows(let size, let stride, let padding) = y.attributes,
      let dx = tape.collectAdding(Int(y.inputs[0]))
    else { return }
    let grid = WindowGrid(tape.input(0, of: y).shape, size: size, stride: stride, padding: padding)
    grid.forEachLine { window, picture, count in
      ck_copy_rows(dx + picture, 0, dy + window, 0, 1, count, true)
    }
  }
  return y
}

/// The means over square windows that lie side by side.
///
/// - Parameters:
///   - x: `[pictures, height, width, channels]`.
///   - size: The height and width of a window, in pixels; what is left over at the ends is dropped.
/// - Returns: `[pictures, rows, columns, channels]`.
public func averagePooling(_ x: Variable, size: Int) -> Variable {
  let grid = WindowGrid(x.shape, size: size, stride: size, padding: 0)
  let channels = x.shape[3]
  let rows = windows(x, size: size, stride: size)
  let means = mean(reshape(rows, [rows.shape[0], size * size, channels]), axis: 1)
  return reshape(means, [grid.pictures, grid.rows, grid.columns, channels])
}

/// Where the windows of pictures lie.
struct WindowGrid {
  let pictures: Int
  let height: Int
  let width: Int
  let channels: Int
  let size: Int
  let stride: Int
  let padding: Int

  init(_ shape: Shape, size: Int, stride: Int, padding: Int) {
    require(
      shape.rank == 4, "Windows are cut out of [pictures, height, width, channels], not \(shape).")
    require(
      size > 0 && stride > 0 && padding >= 0 && size <= min(shape[1], shape[2]) + 2 * padding,
      """
      Windows of \(size) pixels, \(stride) apart, do not fit into pictures of shape \(shape) with \
      \(padding) pixels around them.
      """)
    (pictures, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    (self.size, self.stride, self.padding) = (size, stride, padding)
  }

  var rows: Int { (height + 2 * padding - size) / stride + 1 }
  var columns: Int { (width + 2 * padding - size) / stride + 1 }
  var windowShape: Shape { Shape(pictures * rows * columns, size * size * channels) }

  /// Calls the body with each line of a window that lies in its picture: where it begins in the
  /// windows and in the pictures, and its length.
  @inline(__always)
  func forEachLine(_ body: (_ window: Int, _ picture: Int, _ count: Int) -> Void) {
    let line = size * channels
    for window in 0..<pictures * rows * columns {
      let picture = window / (rows * columns)
      let top = window / columns % rows * stride - padding
      let left = window % columns * stride - padding
      let (first, end) = (max(left, 0), min(left + size, width))
      for y in max(top, 0)..<max(min(top + size, height), max(top, 0)) where first < end {
        body(
          window * size * line + (y - top) * line + (first - left) * channels,
          ((picture * height + y) * width + first) * channels, (end - first) * channels)
      }
    }
  }
}

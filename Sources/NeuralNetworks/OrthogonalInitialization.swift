import CKernels
import RandomStreams
import Requirements
import TensorCore

/// Fills a weight matrix with orthogonal rows or columns, whichever are fewer, times a gain.
///
/// Signals then keep their length through a deep linear network. The matrix is the orthogonal
/// factor of a matrix of normal numbers, with the signs that make its distribution uniform.
///
/// - Parameters:
///   - weight: Where the matrix lies, `[out, in]`; further axes count as one with the second.
///   - parameters: Receives the matrix.
///   - gain: The length of the orthogonal vectors: √2 for hidden layers in PPO.
///   - generator: The source of the normal numbers.
/// - Precondition: The weight has at least one row and lies within the parameters.
///
/// Source: Saxe et al., *Exact solutions to the nonlinear dynamics of learning in deep linear
/// neural networks*, ICLR 2014, <https://arxiv.org/abs/1312.6120>.
public func initializeOrthogonally(
  _ weight: ParameterSlice, in parameters: Buffer, gain: Float,
  using generator: inout RandomStream
) {
  let rows = weight.shape[0]
  require(
    weight.range.upperBound <= parameters.count,
    "\(weight.name) lies at \(weight.range), outside \(parameters.count) parameters.")
  require(rows > 0, "\(weight.name) has no rows that could be orthogonal.")
  let columns = weight.shape.count / rows
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors = generator.normals(count * length)
  vectors.withUnsafeMutableBufferPointer { ck_run_orthonormalize($0.baseAddress, count, length) }
  for row in 0..<rows {
    for column in 0..<columns {
      let entry = rows <= columns ? row * length + column : column * length + row
      parameters.pointer[weight.offset + row * columns + column] = gain * Float(vectors[entry])
    }
  }
}

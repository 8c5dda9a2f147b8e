import RandomStreams
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
///
/// Source: Saxe et al., *Exact solutions to the nonlinear dynamics of learning in deep linear
/// neural networks*, ICLR 2014, <https://arxiv.org/abs/1312.6120>.
public func initializeOrthogonally(
  _ weight: ParameterSlice, in parameters: Buffer, gain: Float,
  using generator: inout RandomStream
) {
  let rows = weight.shape[0]
  let columns = weight.shape.count / rows
  let (count, length) = (min(rows, columns), max(rows, columns))
  var vectors: [[Double]] = []
  for _ in 0..<count {
    var vector = (0..<length).map { _ in generator.normal() }
    // Twice is enough (Gram and Schmidt, with Kahan's rule); the first signs are kept.
    for _ in 0..<2 {
      for other in vectors {
        let projection = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for index in 0..<length { vector[index] -= projection * other[index] }
      }
    }
    let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    vectors.append(vector.map { $0 / norm })
  }
  for row in 0..<rows {
    for column in 0..<columns {
      let entry = rows <= columns ? vectors[row][column] : vectors[column][row]
      parameters[weight.offset + row * columns + column] = gain * Float(entry)
    }
  }
}

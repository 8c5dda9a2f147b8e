import RandomStreams
import TensorCore

/// What is in a picture, and where: features of pictures with a class and a box, drawn from a teacher
/// that a small network has to imitate.
///
///     class = argmax(A tanh(1.5 B x) / √12 + 0.2 noise)
///     box   = 256 + 98 (C tanh(1.5 D x) / √12 + 0.3 noise)    in pixels
///
/// All matrices are of normal numbers; `B` and `D` are divided by 4, the root of 16 inputs.
struct LocalizationProblem: Sendable {
  static let (inputs, classes, sides, teachers) = (16, 5, 4, 24)
  /// The deviation of a box's sides from their mean, in pixels, but for noise.
  static let boxScale: Float = 98

  /// Rows of inputs, classes and boxes.
  struct Rows: Sendable {
    let x: Buffer
    let labels: Buffer
    let boxes: Buffer
    var count: Int { labels.count }
  }

  let training: Rows
  let validation: Rows
  let test: Rows

  init(seed: Int, trainingRows: Int) {
    let teacher = Teacher(seed: seed)
    training = teacher.draw(trainingRows, index: 1)
    validation = teacher.draw(2000, index: 2)
    test = teacher.draw(4000, index: 3)
  }

  /// The matrices that classes and boxes come from.
  private struct Teacher {
    let seed: Int
    let outer: Tensor
    let inner: Tensor

    init(seed: Int) {
      self.seed = seed
      var stream = RandomStream(seed: UInt64(seed), purpose: .other, index: 0)
      let (inputs, teachers) = (LocalizationProblem.inputs, LocalizationProblem.teachers)
      func normal(_ shape: Shape, _ scale: Float) -> Tensor {
        Tensor(shape: shape, (0..<shape.count).map { _ in scale * Float(stream.normal()) })
      }
      outer = normal(
        [LocalizationProblem.classes + LocalizationProblem.sides, teachers],
        1 / Float(12).squareRoot())
      inner = normal([2 * teachers, inputs], 1.5 / Float(inputs).squareRoot())
    }

    func draw(_ count: Int, index: Int) -> Rows {
      var stream = RandomStream(seed: UInt64(seed), purpose: .other, index: index)
      let x = Buffer((0..<count * LocalizationProblem.inputs).map { _ in Float(stream.normal()) })
      let (classes, sides) = (LocalizationProblem.classes, LocalizationProblem.sides)
      let (labels, boxes) = (Buffer(count: count), Buffer(count: count * sides))
      let scores = scores(of: x, count: count)
      for row in 0..<count {
        let noisy = (0..<classes).map {
          scores.0[row * classes + $0] + 0.2 * Float(stream.normal())
        }
        labels[row] = Float(noisy.indices.max { noisy[$0] < noisy[$1] } ?? 0)
        for side in 0..<sides {
          let score = scores.1[row * sides + side] + 0.3 * Float(stream.normal())
          boxes[row * sides + side] = 256 + LocalizationProblem.boxScale * score
        }
      }
      return Rows(x: x, labels: labels, boxes: boxes)
    }

    /// What classes and boxes are made of, without noise.
    private func scores(of x: Buffer, count: Int) -> ([Float], [Float]) {
      let tape = Tape(isRecording: false)
      let teachers = LocalizationProblem.teachers
      let hidden = tanh(
        matmul(
          tape.constant(x, shape: [count, LocalizationProblem.inputs]),
          transpose(tape.constant(inner))))
      let outer = transpose(tape.constant(outer))
      let classes = LocalizationProblem.classes
      let end = classes + LocalizationProblem.sides
      return (
        matmul(
          slice(hidden, 0..<teachers, axis: 1), slice(outer, 0..<classes, axis: 1)
        ).tensor.numbers,
        matmul(
          slice(hidden, teachers..<2 * teachers, axis: 1), slice(outer, classes..<end, axis: 1)
        ).tensor.numbers
      )
    }
  }
}

import EnvironmentKit
import TensorCore

/// Rows of some environments, copied side by side for one forward pass.
struct GatheredRows {
  let count: Int
  let observations: Buffer
  let actions: Buffer
  let masks: Buffer?
  /// What a recurrent network remembers, `[rows, S]`.
  let memory: Buffer

  init(count: Int, of environment: any BatchableEnvironment, memoryCount: Int) {
    self.count = count
    observations = Buffer(count: count * environment.observationSpace.count)
    actions = Buffer(count: count * environment.actionSpace.componentCount)
    masks = environment.maskedChoiceCount.map { Buffer(count: count * $0) }
    memory = Buffer(count: count * memoryCount)
  }
}

extension Buffer {
  var memory: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  /// Copies rows of a larger array here, one behind the other.
  func gather(_ rows: ArraySlice<Int>, of all: UnsafePointer<Float>) {
    let width = count / rows.count
    for (place, row) in rows.enumerated() {
      (pointer + place * width).update(from: all + row * width, count: width)
    }
  }

  /// Copies what lies here one behind the other to where the rows are in a larger array.
  func scatter(_ rows: ArraySlice<Int>, to all: UnsafeMutablePointer<Float>) {
    let width = count / rows.count
    for (place, row) in rows.enumerated() {
      (all + row * width).update(from: pointer + place * width, count: width)
    }
  }
}

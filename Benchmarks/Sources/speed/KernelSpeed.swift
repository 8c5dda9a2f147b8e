import CKernels

/// Matrix products and layers on one thread, beside the naive twin and the peak of the processor.
struct KernelSpeed {
  let journal: Journal

  func measure() throws {
    let products = [(128, 64, 64), (256, 64, 64), (128, 256, 256), (128, 1024, 1024)]
    for (rows, inputs, outputs) in products {
      let product = Product(rows: rows, inputs: inputs, outputs: outputs)
      try measure("layer, forwards", product, product.forward)
      try measure("layer by packed weights, forwards", product, product.packedForward)
      try measure("layer with tanh, forwards", product, product.forwardWithTanh)
      try measure("gradient of the weights", product, product.weightGradient)
      try measure("gradient of the inputs", product, product.inputGradient)
    }
    let small = Product(rows: 128, inputs: 64, outputs: 64)
    try measure("naive twin", small, small.naive)
  }

  private func measure(_ name: String, _ product: Product, _ once: () -> Void) throws {
    once()
    let repetitions = max(1, Int(0.05 / max(elapsed(once), 1e-7)))
    try journal.measure(name, setting: product.text, unit: "GFLOP/s") { _ in
      let peak = Machine.peak(threads: 1)
      let seconds = elapsed { for _ in 0..<repetitions { once() } }
      let rate = product.operations * Double(repetitions) / seconds / 1e9
      return (rate, rate / peak)
    }
  }
}

/// The three products of a layer: x weightᵀ, dyᵀ x and dy weight.
private final class Product {
  let (rows, inputs, outputs): (Int, Int, Int)
  private let x: UnsafeMutablePointer<Float>
  private let y: UnsafeMutablePointer<Float>
  private let weight: UnsafeMutablePointer<Float>
  private let bias: UnsafeMutablePointer<Float>
  private let packed: UnsafeMutablePointer<Float>

  init(rows: Int, inputs: Int, outputs: Int) {
    (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs)
    x = Self.memory(rows * inputs) { Float($0 % 7) - 3 }
    y = Self.memory(rows * outputs) { Float($0 % 5) - 2 }
    weight = Self.memory(inputs * outputs) { Float($0 % 3) / 50 }
    bias = Self.memory(outputs) { _ in 0 }
    packed = Self.memory(inputs * outputs) { _ in 0 }
    ck_run_pack_weight(packed, weight, inputs, outputs)
  }

  deinit { for memory in [x, y, weight, bias, packed] { memory.deallocate() } }

  /// Numbers that begin on a cache line, as in training.
  private static func memory(
    _ count: Int, _ number: (Int) -> Float
  ) -> UnsafeMutablePointer<Float> {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: count)
    for index in 0..<count { (memory + index).initialize(to: number(index)) }
    return memory
  }

  var text: String { "\(rows) rows, \(inputs) in, \(outputs) out" }
  var operations: Double { 2 * Double(rows * inputs * outputs) }

  func forward() { layer(ck_identity) }

  func forwardWithTanh() { layer(ck_tanh) }

  func packedForward() {
    ck_run_linear_packed(y, x, packed, bias, rows, inputs, outputs, ck_identity)
  }

  private func layer(_ activation: ck_unary) {
    ck_run_linear(
      y, x, weight, bias, rows, inputs, outputs, activation)
  }

  func weightGradient() {
    ck_run_matmul(
      weight, inputs, y, outputs, true, x, inputs, false, outputs, inputs,
      rows, false)
  }

  func inputGradient() {
    ck_run_matmul(
      x, inputs, y, outputs, false, weight, inputs, false, rows, inputs,
      outputs, false)
  }

  func naive() {
    ck_naive_matmul(
      y, outputs, x, inputs, false, weight, inputs, true, rows, outputs,
      inputs, false)
  }
}

import CKernels
import TensorCore

/// Matrix products and layers on one thread, beside the naive twin and the peak of the processor.
struct KernelSpeed {
  let journal: Journal

  func measure() throws {
    let products = [(128, 64, 64), (256, 64, 64), (128, 256, 256), (128, 1024, 1024)]
    for (rows, inputs, outputs) in products {
      let product = Product(rows: rows, inputs: inputs, outputs: outputs)
      try measure("layer, forwards", product, product.forward)
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
  private let x: Buffer
  private let y: Buffer
  private let weight: Buffer
  private let bias: Buffer

  init(rows: Int, inputs: Int, outputs: Int) {
    (self.rows, self.inputs, self.outputs) = (rows, inputs, outputs)
    x = Buffer((0..<rows * inputs).map { Float($0 % 7) - 3 })
    y = Buffer((0..<rows * outputs).map { Float($0 % 5) - 2 })
    weight = Buffer((0..<inputs * outputs).map { Float($0 % 3) / 50 })
    bias = Buffer(count: outputs)
  }

  var text: String { "\(rows) rows, \(inputs) in, \(outputs) out" }
  var operations: Double { 2 * Double(rows * inputs * outputs) }

  func forward() { layer(ck_identity) }

  func forwardWithTanh() { layer(ck_tanh) }

  private func layer(_ activation: ck_unary) {
    ck_run_linear(
      y.pointer, x.pointer, weight.pointer, bias.pointer, rows, inputs, outputs, activation)
  }

  func weightGradient() {
    ck_run_matmul(
      weight.pointer, inputs, y.pointer, outputs, true, x.pointer, inputs, false, outputs, inputs,
      rows, false)
  }

  func inputGradient() {
    ck_run_matmul(
      x.pointer, inputs, y.pointer, outputs, false, weight.pointer, inputs, false, rows, inputs,
      outputs, false)
  }

  func naive() {
    ck_naive_matmul(
      y.pointer, outputs, x.pointer, inputs, false, weight.pointer, inputs, true, rows, outputs,
      inputs, false)
  }
}

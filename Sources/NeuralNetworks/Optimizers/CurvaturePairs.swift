import CKernels
import Requirements
import TensorCore

/// The last changes `s` of parameters and the differences `y` that they made to the gradient.
///
/// Together they stand for an estimate of the inverse curvature, `H`, which is never formed.
struct CurvaturePairs {
  let capacity: Int
  let width: Int

  /// The changes, a ring of `capacity` rows, shape `[capacity, width]`.
  let changes: Buffer
  /// The differences, in the same rows.
  let differences: Buffer

  private(set) var count = 0
  /// The row of the oldest pair.
  private(set) var oldest = 0
  private var products: [Double]

  init(capacity: Int, width: Int) {
    self.capacity = capacity
    self.width = width
    changes = Buffer(count: capacity * width)
    differences = Buffer(count: capacity * width)
    products = Array(repeating: 0, count: capacity)
  }

  /// Keeps a pair in the place of the oldest one if there is no room, unless `sᵀy` is too small for
  /// a function that is curved upwards.
  mutating func add(
    change: Buffer, times length: Double, difference: Buffer, above tolerance: Double
  ) {
    let curvature =
      length * Sums.product(change.pointer, difference.pointer, count: width)
    guard curvature > tolerance else { return }
    if count == capacity {
      oldest = (oldest + 1) % capacity
      count -= 1
    }
    let row = row(count)
    ck_run_scale(storedRow(changes, row), change.pointer, Float(length), width)
    storedRow(differences, row).update(from: difference.pointer, count: width)
    products[row] = product(of: row)
    count += 1
  }

  /// Turns `v` into `H v`.
  ///
  /// By the recursion in two loops, which begins with `H₀ = sᵀy / yᵀy` of the newest pair; without
  /// a pair `H` is 1.
  ///
  /// Source: Nocedal and Wright, *Numerical Optimization*, 2nd edition, algorithm 7.4.
  func multiplyWithInverse(_ vector: Buffer) {
    guard count > 0 else { return }
    var factors = Array(repeating: 0.0, count: count)
    for index in (0..<count).reversed() {
      let row = row(index)
      factors[index] = dot(storedRow(changes, row), vector) / products[row]
      ck_run_add_scaled(vector.pointer, storedRow(differences, row), Float(-factors[index]), width)
    }
    let newest = row(count - 1)
    let square = Sums.product(
      storedRow(differences, newest), storedRow(differences, newest), count: width)
    ck_run_scale(vector.pointer, vector.pointer, Float(products[newest] / square), width)
    for index in 0..<count {
      let row = row(index)
      let factor = factors[index] - dot(storedRow(differences, row), vector) / products[row]
      ck_run_add_scaled(vector.pointer, storedRow(changes, row), Float(factor), width)
    }
  }

  /// Makes the pairs those of a function that is `factor` times as large.
  mutating func rescale(by factor: Double) {
    for index in 0..<count {
      let row = row(index)
      ck_run_scale(storedRow(differences, row), storedRow(differences, row), Float(factor), width)
      products[row] = product(of: row)
    }
  }

  /// Takes over the rows that the memory holds, after they were read from a checkpoint.
  mutating func restore(count: Int, oldest: Int) {
    require(
      (0...capacity).contains(count) && (0..<capacity).contains(oldest),
      "A history of \(capacity) pairs cannot hold \(count) of which the oldest is \(oldest).")
    self.count = count
    self.oldest = oldest
    for index in 0..<count { products[row(index)] = product(of: row(index)) }
  }

  private func row(_ index: Int) -> Int { (oldest + index) % capacity }

  private func storedRow(_ rows: Buffer, _ row: Int) -> UnsafeMutablePointer<Float> {
    rows.pointer + row * width
  }

  private func product(of row: Int) -> Double {
    Sums.product(storedRow(changes, row), storedRow(differences, row), count: width)
  }

  private func dot(_ row: UnsafePointer<Float>, _ vector: Buffer) -> Double {
    Sums.product(row, vector.pointer, count: width)
  }
}

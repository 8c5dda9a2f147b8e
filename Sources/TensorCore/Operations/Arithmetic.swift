import CKernels
import Requirements

extension Tape {
  /// z = f(x, y), elementwise, each input repeated along axes where its size is 1 or it has none.
  func binary(
    _ function: ck_binary, _ x: Variable, _ y: Variable, of operation: StaticString = #function
  ) -> Variable {
    let runs = Broadcast(x.shape, y.shape)
    let z = output(runs.shape, of: operation)
    let (xs, ys, zs) = (x.memory, y.memory, z.destination)
    runs.forEachRun { at, xAt, yAt in
      ck_run_binary(
        function, zs + at, xs + xAt, runs.xStep, ys + yAt, runs.yStep, runs.length)
    }
    // dx = Σ dz ∂f/∂x over the axes that x was repeated along, dy likewise
    record(z, x, y, attributes: .binary(function)) { tape, z in
      guard let dz = z.gradient, case .binary(let function) = z.attributes else { return }
      let (x, y) = (tape.input(0, of: z), tape.input(1, of: z))
      let dx = tape.collectAdding(Int(z.inputs[0]))
      let dy = tape.collectAdding(Int(z.inputs[1]))
      let runs = Broadcast(x.shape, y.shape)
      runs.forEachRun { at, xAt, yAt in
        ck_run_binary_pullback(
          function, dx.map { $0 + xAt }, dy.map { $0 + yAt }, dz + at,
          x.value + xAt, runs.xStep, y.value + yAt, runs.yStep, runs.length)
      }
    }
    return z
  }

  /// A number as a constant.
  func scalar(_ number: Float) -> Variable {
    let variable = output(.scalar)
    variable.destination[0] = number
    return variable
  }
}

/// How two shapes are walked together: runs along which each input advances by 1 or stays.
struct Broadcast {
  /// The shape of the result.
  let shape: Shape
  /// The number of elements of a run.
  private(set) var length: Int
  /// 1 where x advances along a run, 0 where its number is repeated.
  private(set) var xStep: Int
  private(set) var yStep: Int
  // Axes outside the runs, and how far one step along them leads.
  private var sizes = SIMD4<Int>(1, 1, 1, 1)
  private var xStrides = SIMD4<Int>(repeating: 0)
  private var yStrides = SIMD4<Int>(repeating: 0)

  init(_ x: Shape, _ y: Shape) {
    var common = SIMD4<Int>(1, 1, 1, 1)
    for axis in 0..<4 {
      require(
        x.sizes[axis] == y.sizes[axis] || x.sizes[axis] == 1 || y.sizes[axis] == 1,
        "The shapes \(x) and \(y) differ where neither has the size 1.")
      common[axis] = x.sizes[axis] == 1 ? y.sizes[axis] : x.sizes[axis]
    }
    shape = Shape(sizes: common, rank: max(x.rank, y.rank))
    let (xAll, yAll) = (Self.strides(x, in: common), Self.strides(y, in: common))
    length = common[3]
    xStep = xAll[3]
    yStep = yAll[3]
    // Axes that both inputs walk like the run itself are made part of it.
    var axis = 2
    while axis >= 0, xAll[axis] == xStep * length || common[axis] == 1,
      yAll[axis] == yStep * length || common[axis] == 1
    {
      length *= common[axis]
      axis -= 1
    }
    while axis >= 0 {
      sizes[axis] = common[axis]
      xStrides[axis] = xAll[axis]
      yStrides[axis] = yAll[axis]
      axis -= 1
    }
  }

  /// How far each axis leads in an input, 0 where the input is repeated.
  private static func strides(_ shape: Shape, in common: SIMD4<Int>) -> SIMD4<Int> {
    var strides = SIMD4<Int>(repeating: 0)
    var stride = 1
    for axis in (0..<4).reversed() {
      strides[axis] = shape.sizes[axis] == 1 && common[axis] != 1 ? 0 : stride
      stride *= shape.sizes[axis]
    }
    return strides
  }

  /// Calls the body with the positions of each run in the result, in x and in y.
  @inline(__always)
  func forEachRun(_ body: (_ at: Int, _ xAt: Int, _ yAt: Int) -> Void) {
    var at = 0
    for i in 0..<sizes[0] {
      for j in 0..<sizes[1] {
        for k in 0..<sizes[2] {
          body(
            at, i * xStrides[0] + j * xStrides[1] + k * xStrides[2],
            i * yStrides[0] + j * yStrides[1] + k * yStrides[2])
          at += length
        }
      }
    }
  }
}

extension Variable {
  /// The elementwise sum.
  public static func + (x: Variable, y: Variable) -> Variable { x.tape.binary(ck_add, x, y) }
  /// The elementwise difference.
  public static func - (x: Variable, y: Variable) -> Variable { x.tape.binary(ck_subtract, x, y) }
  /// The elementwise product.
  public static func * (x: Variable, y: Variable) -> Variable { x.tape.binary(ck_multiply, x, y) }
  /// The elementwise quotient.
  public static func / (x: Variable, y: Variable) -> Variable { x.tape.binary(ck_divide, x, y) }
  /// The negative.
  public static prefix func - (x: Variable) -> Variable { x.tape.unary(ck_negate, x) }

  /// The sum with a number.
  public static func + (x: Variable, y: Float) -> Variable { x + x.tape.scalar(y) }
  /// The difference to a number.
  public static func - (x: Variable, y: Float) -> Variable { x - x.tape.scalar(y) }
  /// The product with a number.
  public static func * (x: Variable, y: Float) -> Variable { x * x.tape.scalar(y) }
  /// The product with a number.
  public static func * (x: Float, y: Variable) -> Variable { y.tape.scalar(x) * y }
  /// The quotient by a number.
  public static func / (x: Variable, y: Float) -> Variable { x / x.tape.scalar(y) }
}

/// The smaller of two numbers, elementwise; where both are equal each gets half of the gradient.
public func minimum(_ x: Variable, _ y: Variable) -> Variable { x.tape.binary(ck_minimum, x, y) }

/// The larger of two numbers, elementwise; where both are equal each gets half of the gradient.
public func maximum(_ x: Variable, _ y: Variable) -> Variable { x.tape.binary(ck_maximum, x, y) }

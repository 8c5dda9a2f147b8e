import CKernels
import Testing

/// An instruction set of the kernels that this processor has.
struct Level: Sendable, CustomTestStringConvertible {
  let level: ck_level

  /// The kernels of the level.
  var kernels: ck_kernels { ck_kernels_of(level).pointee }

  var testDescription: String { String(cString: ck_level_name(level)) }

  static let all = [ck_level_portable, ck_level_avx2, ck_level_avx512]
    .filter { ck_kernels_of($0) != nil }
    .map { Level(level: $0) }

  static let portable = Level(level: ck_level_portable)
}

/// Sizes around the widths of vectors, tiles and panels.
let awkwardSizes = [0, 1, 2, 3, 5, 15, 16, 17, 31, 63, 64, 65, 127, 129, 257, 300]

extension ck_unary {
  /// All functions of one variable, with their names.
  static let all: [(function: ck_unary, name: String)] = [
    (ck_identity, "identity"), (ck_tanh, "tanh"), (ck_relu, "relu"), (ck_silu, "silu"),
    (ck_gelu, "gelu"), (ck_elu, "elu"), (ck_sigmoid, "sigmoid"), (ck_softplus, "softplus"),
    (ck_exp, "exp"), (ck_log, "log"), (ck_square, "square"), (ck_sqrt, "sqrt"), (ck_abs, "abs"),
    (ck_negate, "negate"), (ck_clamp, "clamp"),
  ]
}

extension ck_binary {
  /// All functions of two variables, with their names.
  static let all: [(function: ck_binary, name: String)] = [
    (ck_add, "add"), (ck_subtract, "subtract"), (ck_multiply, "multiply"), (ck_divide, "divide"),
    (ck_minimum, "minimum"), (ck_maximum, "maximum"),
  ]
}

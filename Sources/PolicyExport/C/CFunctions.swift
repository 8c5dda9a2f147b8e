/// The arithmetic of a C header: scalar forms of what `CKernels` computes, with the same bits.
///
/// `@` stands for the beginning of a name. A function is written only if something needs it.
enum CFunction: String, CaseIterable {
  case fusedMultiplyAdd
  case layer
  case narrowLayer
  case bits
  case exp
  case log
  case tanh
  case sigmoid
  case erf
  case relu
  case silu
  case gelu
  case elu
  case logSoftmax

  /// What it calls.
  private var needs: [CFunction] {
    switch self {
    case .fusedMultiplyAdd, .bits, .relu: []
    case .layer, .narrowLayer, .tanh: [.fusedMultiplyAdd]
    case .exp, .log: [.fusedMultiplyAdd, .bits]
    case .sigmoid, .elu: [.exp]
    case .erf: [.exp]
    case .silu: [.sigmoid]
    case .gelu: [.erf]
    case .logSoftmax: [.exp, .log]
    }
  }

  /// Some functions with all that they call, each behind what it calls.
  static func closure(of wanted: Set<CFunction>) -> [CFunction] {
    var all = wanted
    while true {
      let more = all.union(all.flatMap(\.needs))
      if more == all { return allCases.filter { all.contains($0) } }
      all = more
    }
  }

  /// Its definition.
  var source: String {
    switch self {
    case .fusedMultiplyAdd: Self.fusedMultiplyAddSource
    case .layer: Self.layerSource
    case .narrowLayer: Self.narrowLayerSource
    case .bits: Self.bitsSource
    case .exp: Self.expSource
    case .log: Self.logSource
    case .tanh: Self.tanhSource
    case .sigmoid: Self.sigmoidSource
    case .erf: Self.erfSource
    case .relu:
      "static inline float @relu(float x) { return 0.0f > x ? 0.0f : x; }"
    case .silu:
      "static inline float @silu(float x) { return x * @sigmoid(x); }"
    case .gelu:
      """
      static inline float @gelu(float x) {
        return 0.5f * x * (1.0f + @erf(x * 0.70710678f));
      }
      """
    case .elu:
      "static inline float @elu(float x) { return x > 0.0f ? x : @exp(x) - 1.0f; }"
    case .logSoftmax: Self.logSoftmaxSource
    }
  }
}

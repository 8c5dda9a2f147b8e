/// What was measured on a minibatch of K terms.
///
/// A training loop owns one measurement and overwrites it for every minibatch, so that nothing is
/// allocated. An array counts as measured once something was assigned to it: a balancer refuses a
/// measurement that lacks what it requires. What was measured is not forgotten with the next
/// minibatch, so all that ``LossBalancer/requiredInformation`` asks for has to be assigned again.
public struct LossMeasurement: Sendable {
  /// How many minibatches were measured before this one.
  ///
  /// The balancers of this module do not read it: it is for balancers that follow a schedule.
  public var step = 0

  /// The values of the terms, `L`, shape `[K]`, before they are multiplied with anything.
  ///
  /// Means over the rows of the minibatch, so that the size of a minibatch does not matter. Sums do
  /// as well if all minibatches have the same number of rows: a balancer compares values of one
  /// term, or divides by them.
  public var values: [Double] {
    get { storedValues }
    _modify {
      hasValues = true
      yield &storedValues
    }
  }

  /// The means of the absolute values of the rows' terms, shape `[K]`; sums where ``values`` are.
  ///
  /// For a term without a negative row, the value.
  public var magnitudes: [Double] {
    get { storedMagnitudes }
    _modify {
      hasMagnitudes = true
      yield &storedMagnitudes
    }
  }

  /// The inner products of the terms' gradients, `G[i, j] = ⟨gᵢ, gⱼ⟩`, shape `[K, K]`, symmetric,
  /// row-major.
  ///
  /// Of the gradients of ``values``, without priorities and weights in them. With respect to the
  /// features at the level ``RequiredInformation/featureGradients``, to all parameters above it. The
  /// same parameters for all terms and all minibatches; ``GradientSite`` says which.
  public var gramian: [Double] {
    get { storedGramian }
    _modify {
      hasGramian = true
      yield &storedGramian
    }
  }

  /// The largest absolute values of the gradients' entries, shape `[K]`; only at the level
  /// ``RequiredInformation/gradients``.
  public var largestEntries: [Double] {
    get { storedLargestEntries }
    _modify {
      hasEntries = true
      yield &storedLargestEntries
    }
  }

  /// The means of the absolute values of the gradients' entries, shape `[K]`; only at the level
  /// ``RequiredInformation/gradients``.
  public var meanEntries: [Double] {
    get { storedMeanEntries }
    _modify {
      hasEntries = true
      yield &storedMeanEntries
    }
  }

  // Not observers: those are not called in the initialisers that a program adds.
  private var storedValues: [Double]
  private var storedMagnitudes: [Double]
  private var storedGramian: [Double]
  private var storedLargestEntries: [Double]
  private var storedMeanEntries: [Double]

  private var hasValues = false
  private var hasMagnitudes = false
  private var hasGramian = false
  private var hasEntries = false

  /// Makes an empty measurement of `count` terms.
  public init(count: Int) {
    storedValues = Array(repeating: 0, count: count)
    storedMagnitudes = storedValues
    storedGramian = Array(repeating: 0, count: count * count)
    storedLargestEntries = storedValues
    storedMeanEntries = storedValues
  }

  /// The number of terms, `K`.
  public var count: Int { values.count }

  /// The norm of the gradient of term `index`, `‖gᵢ‖`.
  public func gradientNorm(of index: Int) -> Double {
    gramian[index * count + index].squareRoot()
  }

  /// Whether all numbers of term `index` up to `level` are finite.
  ///
  /// Of the Gramian only the diagonal is looked at: it is finite exactly if the gradient is not so
  /// large that its square overflows, and then so are the other entries.
  public func isFinite(at index: Int, upTo level: RequiredInformation) -> Bool {
    if level >= .values && !values[index].isFinite { return false }
    if level >= .magnitudes && !magnitudes[index].isFinite { return false }
    return level < .featureGradients || gradientNorm(of: index).isFinite
  }

  /// Whether all numbers up to `level` are finite, for the terms that take part.
  func isFinite(for terms: [LossTerm], upTo level: RequiredInformation) -> Bool {
    for index in terms.indices where terms[index].takesPart {
      if !isFinite(at: index, upTo: level) { return false }
    }
    return true
  }

  /// Whether what `level` adds to the levels below it was assigned, with the right lengths.
  func has(_ level: RequiredInformation) -> Bool {
    switch level {
    case .nothing: true
    case .values: hasValues
    case .magnitudes: hasMagnitudes && magnitudes.count == count
    case .featureGradients, .gramian: hasGramian && gramian.count == count * count
    case .gradients:
      hasGramian && gramian.count == count * count && hasEntries
        && largestEntries.count == count && meanEntries.count == count
    }
  }
}

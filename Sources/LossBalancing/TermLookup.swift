extension [LossTerm] {
  /// The name of the term that others are scaled to, unless another is asked for: the first signed
  /// one that takes part, or else the first that takes part.
  var naturalAnchor: String {
    let active = filter(\.takesPart)
    return (active.first { $0.kind == .signed } ?? active.first)?.name ?? ""
  }

  /// Where the term called `name` is.
  func index(of name: String) -> Int? { firstIndex { $0.name == name } }
}

extension LossBalancer {
  /// Multiplies the priorities of the terms that take part with `factors`, which are in their order.
  func distribute(_ factors: [Double], to weights: inout [Double]) {
    var remaining = factors[...]
    for index in terms.indices {
      weights[index] = terms[index].takesPart ? terms[index].priority * remaining.removeFirst() : 0
    }
  }
}

import RandomStreams

extension ActionSpace {
  /// Draws an action at random.
  ///
  /// Choices are equally likely; a component within bounds is uniform; one without bounds is
  /// normal, and one with a single bound lies on the right side of it by a normal distance.
  ///
  /// - Parameter generator: The source of randomness.
  /// - Returns: ``componentCount`` numbers.
  /// - Precondition: Each choice is among at least one.
  public func sample(using generator: inout RandomStream) -> [Float] {
    switch self {
    case .discrete(let count): [Float(generator.integer(below: count))]
    case .multiDiscrete(let counts): counts.map { Float(generator.integer(below: $0)) }
    case .box(let box): box.sample(using: &generator)
    }
  }
}

extension BoxSpace {
  /// Draws a point of the box: uniform within bounds, normal where there are none.
  ///
  /// - Parameter generator: The source of randomness.
  /// - Returns: ``count`` numbers.
  public func sample(using generator: inout RandomStream) -> [Float] {
    (0..<count).map { component in
      let (lowest, highest) = (lowest[component], highest[component])
      return switch (lowest.isFinite, highest.isFinite) {
      case (true, true): number(at: Float(generator.uniform()), of: component)
      case (true, false): lowest + Float(abs(generator.normal()))
      case (false, true): highest - Float(abs(generator.normal()))
      case (false, false): Float(generator.normal())
      }
    }
  }
}

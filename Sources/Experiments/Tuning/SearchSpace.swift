import PolicyOptimization

/// The hyperparameters that a search varies, each with its range.
///
/// A candidate is a point of the unit cube: its coordinate along a dimension is the part of the range,
/// in the coordinates of `SearchRange`, so that what is multiplicative is searched in logarithms.
public struct SearchSpace: Sendable, Hashable {
  /// One hyperparameter with its range.
  public struct Dimension: Sendable, Hashable {
    /// The name of the hyperparameter.
    public let name: String
    /// Its values.
    public let range: SearchRange

    /// Names a hyperparameter and its values.
    public init(_ name: String, _ range: SearchRange) {
      self.name = name
      self.range = range
    }

    /// The value at a coordinate, a whole number where one is needed.
    ///
    /// - Parameter part: The coordinate, from 0 to 1.
    /// - Returns: The value.
    public func value(at part: Double) -> HyperparameterValue {
      let value = range.value(at: part)
      let isWhole = Hyperparameters.description(named: name)?.kind == .wholeNumber
      if isWhole, case .real(let number) = value { return .whole(Int(number.rounded())) }
      return value
    }

    /// How many values there are if they are choices, else `nil`.
    var choiceCount: Int? {
      if case .choices(let values) = range { values.count } else { nil }
    }
  }

  /// The dimensions, in the order of the coordinates.
  public let dimensions: [Dimension]

  /// Puts dimensions together.
  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

  /// The names of the hyperparameters.
  public var names: [String] { dimensions.map(\.name) }

  /// The hyperparameters of a point.
  ///
  /// Where sizes are searched they fit together by construction: a rollout is at most the whole run,
  /// a minibatch at most a rollout, and a rollout that is searched at least a minibatch that is not.
  ///
  /// - Parameters:
  ///   - point: A coordinate for each dimension, from 0 to 1.
  ///   - base: The values of all other hyperparameters.
  /// - Returns: The hyperparameters.
  public func hyperparameters(
    at point: [Double], basedOn base: Hyperparameters
  ) -> Hyperparameters {
    var result = base
    for (dimension, part) in zip(dimensions, point) {
      _ = Hyperparameters.description(named: dimension.name)?.set(
        dimension.value(at: part), in: &result)
    }
    fit(&result)
    return result
  }

  /// The point that is nearest to some hyperparameters; a value that has no place lies in the middle.
  public func point(of hyperparameters: Hyperparameters) -> [Double] {
    dimensions.map { dimension in
      let value = Hyperparameters.description(named: dimension.name)?.value(in: hyperparameters)
      return value.flatMap { dimension.range.part(of: $0) } ?? 0.5
    }
  }

  /// Hyperparameters whose sizes fit together, as those of a point do.
  package func fitted(_ hyperparameters: Hyperparameters) -> Hyperparameters {
    var result = hyperparameters
    fit(&result)
    return result
  }

  private func fit(_ result: inout Hyperparameters) {
    let names = Set(names)
    let (stepsVary, countVaries) = (names.contains("num-steps"), names.contains("num-envs"))
    let minibatchVaries = names.contains("minibatch-size")
    if stepsVary && !minibatchVaries {
      while result.rolloutSize < result.minibatchSize { result.stepsPerRollout *= 2 }
    }
    while result.rolloutSize > result.totalTimesteps {
      if stepsVary && result.stepsPerRollout > 1 {
        result.stepsPerRollout /= 2
      } else if countVaries && result.environmentCount > 1 {
        result.environmentCount /= 2
      } else {
        break
      }
    }
    if minibatchVaries { result.minibatchSize = min(result.minibatchSize, result.rolloutSize) }
  }
}

extension SearchSpace {
  /// The hyperparameters that are searched if nothing is said: all that have a range in the table and
  /// that are not fixed.
  ///
  /// - Parameters:
  ///   - fixed: The names of hyperparameters with a value of their own.
  ///   - hasRealActions: Whether actions are real numbers; else the deviation of actions has no
  ///     meaning.
  /// - Returns: The space.
  public static func standard(fixing fixed: Set<String>, hasRealActions: Bool) -> SearchSpace {
    let unused = hasRealActions ? fixed : fixed.union(["log-std-init"])
    return SearchSpace(
      Hyperparameters.descriptions.compactMap { description in
        guard let range = description.searchRange, !unused.contains(description.name) else {
          return nil
        }
        return Dimension(description.name, range)
      })
  }
}

import RandomStreams
import Requirements

// Which choices are valid in a state.

extension Environment {
  /// By default every choice stays valid.
  public func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>) {}

  /// Which choices are valid in a state, those of all components behind one another.
  ///
  /// - Precondition: Each component has a valid choice.
  public func actionMask(of state: State) -> [Bool] {
    let counts = actionSpace.choiceCounts
    let mask = uncheckedActionMask(of: state, counts: counts)
    if let component = mask.firstComponentWithoutChoice(counts: counts) {
      stop(
        """
        \(name) allows no choice of component \(component) of the action in a state; at least one \
        of its \(counts[component]) choices must be valid.
        """)
    }
    return mask
  }

  /// Writes which choices are valid in a state as numbers, 1 or 0.
  ///
  /// - Parameters:
  ///   - state: The state.
  ///   - counts: The number of choices of each component.
  ///   - mask: Receives 1 for a valid and 0 for an invalid choice.
  /// - Returns: The first component without a valid choice; `nil` if each has one.
  func writeActionMask(
    of state: State, counts: [Int], into mask: UnsafeMutablePointer<Float>
  ) -> Int? {
    let width = counts.reduce(0, +)
    return withUnsafeTemporaryAllocation(of: Bool.self, capacity: width) { valid in
      valid.initialize(repeating: true)
      var span = valid.mutableSpan
      writeActionMask(of: state, into: &span)
      for choice in 0..<width { mask[choice] = valid[choice] ? 1 : 0 }
      return UnsafeBufferPointer(valid).firstComponentWithoutChoice(counts: counts)
    }
  }

  func uncheckedActionMask(of state: State, counts: [Int]) -> [Bool] {
    var mask = [Bool](repeating: true, count: counts.reduce(0, +))
    var span = mask.mutableSpan
    writeActionMask(of: state, into: &span)
    return mask
  }

  /// Draws an action at random among those that are valid in a state.
  ///
  /// Where a component has no valid choice at all, which is a mistake, it is drawn among all.
  func sampleAction(in state: State, using generator: inout RandomStream) -> [Float] {
    let space = actionSpace
    guard hasActionMask else { return space.sample(using: &generator) }
    let mask = uncheckedActionMask(of: state, counts: space.choiceCounts)
    return space.sample(amongValid: mask, using: &generator)
  }
}

extension ActionSpace {
  /// Draws choices at random among those that are valid.
  ///
  /// Where a component has no valid choice at all, which is a mistake, it is drawn among all.
  func sample(amongValid mask: [Bool], using generator: inout RandomStream) -> [Float] {
    var mask = mask[...]
    return choiceCounts.map { count in
      let valid = (0..<count).filter { mask[mask.startIndex + $0] }
      mask = mask.dropFirst(count)
      let choices = valid.isEmpty ? Array(0..<count) : valid
      return Float(choices[generator.integer(below: choices.count)])
    }
  }
}

extension RandomAccessCollection<Bool> where Index == Int {
  /// The first component of an action none of whose choices is valid.
  func firstComponentWithoutChoice(counts: [Int]) -> Int? {
    var first = startIndex
    for component in counts.indices {
      let end = first + counts[component]
      if !self[first..<end].contains(true) { return component }
      first = end
    }
    return nil
  }
}

import EnvironmentKit
import Requirements

/// An agent whose actions come from the keyboard, where actions are discrete.
///
/// A digit is the choice of that number. The arrow to the left is the first choice and the one to
/// the right the last; while neither is held an odd number of choices rests at the middle one, and
/// an even number at the one before.
public final class KeyboardAgent: Agent {
  private let count: Int
  private var choice: Int
  private var held: [ViewerKey] = []

  /// An agent that chooses among some actions.
  ///
  /// - Precondition: There is at least one.
  public init(choices count: Int) {
    require(count > 0, "A keyboard agent needs at least 1 action to choose from, not \(count).")
    self.count = count
    choice = count / 2
  }

  /// Takes note of a key.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - isDown: Whether it goes down, or comes up.
  /// - Returns: Whether the key chooses an action.
  @discardableResult
  func press(_ key: ViewerKey, isDown: Bool) -> Bool {
    guard let pressed = choice(of: key) else { return false }
    held.removeAll { $0 == key }
    if isDown {
      held.append(key)
      choice = pressed
    } else if let last = held.last.flatMap({ choice(of: $0) }) {
      choice = last
    } else if count % 2 == 1, key == .left || key == .right {
      choice = count / 2
    }
    return true
  }

  private func choice(of key: ViewerKey) -> Int? {
    switch key {
    case .left: return 0
    case .right: return count - 1
    case .character(let character):
      guard let digit = character.wholeNumberValue, digit < count else { return nil }
      return digit
    case .escape, .tab: return nil
    }
  }

  /// The action of the keys that are held.
  public func decide(_ observations: [Float], drawing draws: [ActionDraw]?) -> [Decision] {
    // The keyboard acts in one environment.
    [Decision(action: [Float(choice)])]
  }
}

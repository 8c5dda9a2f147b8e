/// Why processes cannot work together, in a sentence.
public struct MessagePassingError: Error, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
}

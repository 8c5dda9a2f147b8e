import Foundation

/// Why a file could not be written, in a sentence.
public struct WritingError: Error, CustomStringConvertible {
  /// What was found and what that means.
  public let description: String
  /// Whether the reason is that something of the wanted name exists.
  public let isTaken: Bool

  /// A reason in a sentence.
  public init(description: String, isTaken: Bool = false) {
    self.description = description
    self.isTaken = isTaken
  }
}

/// Why a file could not be read, in a few words for the inside of a sentence.
public struct ReadingError: Error, CustomStringConvertible {
  /// What was found, such as "No such file or directory".
  public let description: String

  init(_ description: String) { self.description = description }
}

/// What the system answered instead of doing what it was asked for.
struct SystemError: Error, CustomStringConvertible {
  let code: Int32

  /// The reason for which the last call failed.
  static var last: SystemError { SystemError(code: errno) }

  /// The reason as the system words it.
  var description: String { String(cString: strerror(code)) }

  /// Repeats a call until no signal cuts it short.
  ///
  /// - Throws: The reason if the call gave -1.
  @discardableResult
  static func check<Number: FixedWidthInteger & SignedInteger>(
    _ call: () -> Number
  ) throws(SystemError) -> Number {
    while true {
      let result = call()
      if result != -1 { return result }
      if errno != EINTR { throw .last }
    }
  }
}

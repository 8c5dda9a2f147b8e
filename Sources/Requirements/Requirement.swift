import Foundation

/// Stops the program with a sentence if something that a caller must see to does not hold.
///
/// Like `precondition`, but the sentence is printed in release builds, too, where Swift drops that of
/// a precondition and leaves nothing but an illegal instruction. It is for mistakes of a program that
/// uses this package; what the outside world can get wrong throws an error. The sentence is made only
/// when it is needed; where even the comparison would cost, as in a subscript, use `precondition`.
///
/// - Parameters:
///   - condition: What must hold.
///   - sentence: What was found, what was expected, and what to do.
///   - file: The file that asks.
///   - line: The line that asks.
@inlinable
@inline(__always)
package func require(
  _ condition: @autoclosure () -> Bool, _ sentence: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !_fastPath(condition()) { stop(sentence(), file: file, line: line) }
}

/// Prints a sentence to standard error and stops the program, in release builds, too.
///
/// - Parameters:
///   - sentence: What was found, what was expected, and what to do.
///   - file: The file that asks.
///   - line: The line that asks.
@usableFromInline
@inline(never)
package func stop(
  _ sentence: String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  // Nothing can be done about an output that is closed; the program stops all the same.
  try? FileHandle.standardError.write(
    contentsOf: Data("Fatal error: \(sentence) (\(file):\(line))\n".utf8))
  preconditionFailure(file: file, line: line)
}

import ArgumentParser
import PolicyOptimization

// Numbers as people write them: `1000000`, `1e6` and `1_000_000`.

/// Reads a number from the command line.
///
/// - Throws: What was expected, in a sentence.
@Sendable func number(_ text: String) throws -> Double {
  guard let number = HyperparameterValue.number(text) else {
    throw ValidationError("It must be a number.")
  }
  return number
}

/// Reads a whole number from the command line.
///
/// - Throws: What was expected, in a sentence.
@Sendable func count(_ text: String) throws -> Int {
  guard let number = Int(text) ?? HyperparameterValue.number(text).flatMap({ Int(exactly: $0) })
  else { throw ValidationError("It must be a whole number.") }
  return number
}

/// Reads a seed from the command line.
///
/// - Throws: What was expected, in a sentence.
@Sendable func seed(_ text: String) throws -> UInt64 {
  guard
    let number = UInt64(text) ?? HyperparameterValue.number(text).flatMap({ UInt64(exactly: $0) })
  else { throw ValidationError("It must be a whole number from 0 to \(UInt64.max).") }
  return number
}

/// A form in which a policy leaves this package.
public enum PolicyFormat: String, Sendable, Codable, CaseIterable {
  /// A graph of the Open Neural Network Exchange, for ONNX Runtime and others.
  case onnx
  /// A header in C99, which is C++, too, and needs no library.
  case c

  /// What a file of this form is usually called behind the point.
  public var fileExtension: String { self == .c ? "h" : "onnx" }
}

/// What can be chosen about an exported policy.
public struct ExportOptions: Sendable, Hashable {
  /// What the names in a C header begin with: a letter, then letters, digits and underscores.
  public var name = "policy"
  /// Whether a C header gives the value, too. An ONNX graph does where the checkpoint knows its unit, as
  /// all but those of the first version do.
  public var givesValue = false
  /// Whether a program that reads observations follows in the C header.
  public var hasMain = false
  /// Whether actions are drawn by random numbers that are a further input, instead of the most
  /// probable taken.
  public var isStochastic = false
  /// Where the policy comes from, as text by name: the seed of its run, the number of its steps. It is
  /// written into the file.
  public var origin: [String: String] = [:]

  /// The most probable action, called `policy`.
  public init() {}

  /// Checks that names in C can begin with the name.
  ///
  /// - Throws: ``ExportError`` if they cannot.
  package func checkName() throws(ExportError) {
    guard name.wholeMatch(of: #/[A-Za-z][A-Za-z0-9_]{0,62}/#) == nil else { return }
    throw ExportError(
      description: """
        The name is '\(name)'; names in C begin with a letter, and letters, digits and underscores \
        follow, 63 at most.
        """)
  }
}

/// A policy in another form.
public struct ExportedPolicy: Sendable, Hashable {
  /// What goes in or comes out.
  public struct Port: Sendable, Hashable, Codable {
    /// The name.
    public let name: String
    /// The number of elements for one observation; empty for a single number.
    public let shape: [Int]
    /// What it means, in a sentence.
    public let meaning: String
  }

  /// The bytes of the file.
  public let bytes: [UInt8]
  /// What goes in, in order.
  public let inputs: [Port]
  /// What comes out, in order.
  public let outputs: [Port]
}

/// Why a policy cannot be exported, in a sentence.
public struct ExportError: Error, CustomStringConvertible, Sendable, Hashable {
  /// What was found, what was expected and what to do.
  public let description: String
}

import EnvironmentKit
import Foundation
import PolicyOptimization
import StoredFiles

/// A file that says what is searched: JSON, optionally with comments, an entry for each hyperparameter
/// under the name of its option.
///
/// ```json
/// {
///   "learning-rate": { "low": 1e-4, "high": 1e-2, "scale": "log" },
///   "gamma": { "low": 0.9, "high": 0.999, "scale": "log-from-one" },
///   "clip-coef": { "low": 0.1, "high": 0.3 },
///   "hidden-sizes": [[64], [64, 64]]
/// }
/// ```
///
/// The scale is `linear`, `log`, or `log-from-one` for numbers below 1 of which 1 − x is searched in
/// logarithms.
public struct SearchSpaceFile: Sendable {
  /// The dimensions, in the order of the table of hyperparameters.
  public let dimensions: [SearchSpace.Dimension]

  /// Reads a file.
  ///
  /// - Throws: ``ConfigurationError`` if it cannot be read or something in it cannot be used.
  public init(contentsOf url: URL) throws(ConfigurationError) {
    let content: Data
    do {
      content = try fileContents(of: url, atMost: RunConfiguration.largestFile)
    } catch {
      throw ConfigurationError(
        description: "There is no readable search space at \(url.relativePath) (\(error)).")
    }
    try self.init(content, name: url.relativePath)
  }

  /// Reads the bytes of a file.
  init(_ content: Data, name: String) throws(ConfigurationError) {
    let entries: [String: Entry]
    do {
      entries = try JSONDecoder().decode([String: Entry].self, from: withoutComments(content))
    } catch {
      throw ConfigurationError(
        description: """
          \(name) is no search space: it must be a JSON object with an entry for each hyperparameter, such \
          as "learning-rate": {"low": 1e-4, "high": 1e-2, "scale": "log"} or "activation": \
          ["tanh", "relu"].
          """)
    }
    if entries.isEmpty {
      throw ConfigurationError(description: "\(name) names no hyperparameter; give at least one.")
    }
    for key in entries.keys.sorted() where Hyperparameters.description(named: key) == nil {
      throw ConfigurationError(
        description: "\(name) has the key \"\(key)\", which is not known; \(nearest(to: key)).")
    }
    var dimensions: [SearchSpace.Dimension] = []
    for description in Hyperparameters.descriptions {
      guard let entry = entries[description.name] else { continue }
      let range = try entry.range(of: description, in: name)
      dimensions.append(SearchSpace.Dimension(description.name, range))
    }
    self.dimensions = dimensions
  }
}

/// The end of a sentence about a hyperparameter that is not known.
private func nearest(to name: String) -> String {
  if let description = Hyperparameters.description(knownElsewhereAs: name) {
    return "here it is called \"\(description.name)\""
  }
  let nearest = Hyperparameters.names.min { editDistance($0, name) < editDistance($1, name) }
  return "the nearest that is known is \"\(nearest ?? "")\""
}

extension SearchSpace {
  /// What is searched by a list of names and a file.
  ///
  /// - Parameters:
  ///   - names: The names, or `nil` for those of the file, and without a file for all that have a range
  ///     in the table.
  ///   - file: The file, whose ranges are taken before those of the table.
  ///   - fixed: The names of hyperparameters with a value of their own.
  ///   - hasRealActions: Whether actions are real numbers.
  /// - Throws: ``ConfigurationError`` if a name is not known, has no range or is fixed, or none is left.
  public init(
    names: [String]?, file: SearchSpaceFile?, fixing fixed: Set<String>, hasRealActions: Bool
  ) throws(ConfigurationError) {
    let given = file?.dimensions ?? []
    let wanted = names ?? (file == nil ? nil : given.map(\.name))
    guard let wanted else {
      self = .standard(fixing: fixed, hasRealActions: hasRealActions)
      if dimensions.isEmpty {
        throw ConfigurationError(
          description: "Every hyperparameter that can be searched is fixed; leave one free.")
      }
      return
    }
    if wanted.isEmpty {
      throw ConfigurationError(
        description: "Nothing is to be searched; name hyperparameters, as in learning-rate,gamma.")
    }
    var dimensions: [Dimension] = []
    for name in wanted {
      guard let description = Hyperparameters.description(named: name) else {
        throw ConfigurationError(
          description: "There is no hyperparameter '\(name)'; \(nearest(to: name)).")
      }
      if fixed.contains(name) {
        throw ConfigurationError(
          description: """
            --\(name) is given a value and is to be searched, too; leave out one of them.
            """)
      }
      if dimensions.contains(where: { $0.name == name }) {
        throw ConfigurationError(description: "'\(name)' is named twice; name it once.")
      }
      guard
        let range = given.first(where: { $0.name == name })?.range ?? description.searchRange
      else {
        throw ConfigurationError(
          description: """
            There is no range of \(name) in the table of hyperparameters; give one with --space FILE.
            """)
      }
      dimensions.append(Dimension(name, range))
    }
    self.init(dimensions)
  }
}

/// An entry of the file.
private enum Entry: Decodable {
  case choices([HyperparameterValue])
  case numbers(low: Double, high: Double, scale: String)

  private struct Numbers: Decodable {
    let low: Double
    let high: Double
    let scale: String?
  }

  init(from decoder: any Decoder) throws {
    if let values = try? [HyperparameterValue](from: decoder) {
      self = .choices(values)
    } else {
      let numbers = try Numbers(from: decoder)
      self = .numbers(low: numbers.low, high: numbers.high, scale: numbers.scale ?? "linear")
    }
  }

  func range(
    of description: HyperparameterDescription, in file: String
  ) throws(ConfigurationError) -> SearchRange {
    func wrong(_ what: String) -> ConfigurationError {
      ConfigurationError(description: "\(file): \"\(description.name)\" \(what)")
    }
    func check(_ value: HyperparameterValue) throws(ConfigurationError) {
      let isInRange = value.number.map { description.range?.contains($0) ?? true } ?? true
      if !description.accepts(value) || !isInRange {
        throw wrong("cannot be \(value); it must be \(description.expectation).")
      }
    }
    switch self {
    case .choices(let values):
      if values.count < 2 || Set(values).count < values.count {
        throw wrong("has \(values.count) choices; it needs at least two, each once.")
      }
      for value in values { try check(value) }
      return .choices(values)
    case .numbers(let low, let high, let scale):
      guard low.isFinite, high.isFinite, low < high else {
        throw wrong("goes from \(low) to \(high); low must be below high.")
      }
      let isWhole = description.kind == .wholeNumber
      for end in [low, high] {
        guard isWhole else {
          try check(.real(end))
          continue
        }
        guard let whole = Int(exactly: end.rounded()) else {
          throw wrong("goes from \(low) to \(high); \(end) is beyond all whole numbers.")
        }
        try check(.whole(whole))
      }
      switch scale {
      case "linear": return .linear(low: low, high: high)
      case "log" where low > 0: return .logarithmic(low: low, high: high)
      case "log-from-one" where high < 1: return .logarithmicFromOne(low: low, high: high)
      case "log": throw wrong("starts at \(low); logarithms need numbers above 0.")
      case "log-from-one": throw wrong("ends at \(high); log-from-one needs numbers below 1.")
      default: throw wrong("has the scale '\(scale)'; it must be linear, log or log-from-one.")
      }
    }
  }
}

import EnvironmentKit
import PolicyOptimization

// What a graph tells about the policy.

extension OnnxModel {
  /// Pairs of names and texts: where the policy comes from, and what its numbers mean.
  var properties: [(String, String)] {
    let environment = model.environment
    var properties = [("environment", environment.name)]
    if !environment.observationNames.isEmpty {
      properties.append(("observation_names", Self.list(environment.observationNames)))
    }
    if !environment.actionNames.isEmpty {
      properties.append(("action_names", Self.list(environment.actionNames)))
    }
    if case .numbers(let box, _, _) = model.actions {
      properties.append(("action_lowest", Self.list(box.lowest.map { "\($0)" })))
      properties.append(("action_highest", Self.list(box.highest.map { "\($0)" })))
    }
    return properties + options.origin.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Words, one a line.
  private static func list(_ words: [String]) -> String { words.joined(separator: "\n") }
}

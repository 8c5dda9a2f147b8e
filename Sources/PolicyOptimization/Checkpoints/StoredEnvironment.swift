import EnvironmentKit

/// What a checkpoint stores of the environment of its run, so that it is not taken for another one of
/// the same name.
struct StoredEnvironment: Codable, Hashable {
  let observations: BoxSpace
  let actions: ActionSpace
  let fingerprint: String?

  init(_ environment: any BatchableEnvironment) {
    observations = environment.observationSpace
    actions = environment.actionSpace
    fingerprint = environment.fingerprint
  }

  /// Whether boxes have as many lowest as highest values; what was read from a file may not.
  var isUsable: Bool {
    guard case .box(let box) = actions else { return observations.isWhole }
    return observations.isWhole && box.isWhole
  }

  /// What differs in another environment, in sentences; none if nothing does.
  func differences(from other: StoredEnvironment) -> [String] {
    var found = [
      Self.difference("an observation", observations, other.observations), difference(in: other),
    ].compactMap(\.self)
    if fingerprint != other.fingerprint {
      found.append(
        "The fingerprint was \(Self.quoted(fingerprint)) and is \(Self.quoted(other.fingerprint)).")
    }
    return found
  }

  /// What differs in the actions of another environment.
  private func difference(in other: StoredEnvironment) -> String? {
    if case .box(let old) = actions, case .box(let new) = other.actions {
      return Self.difference("an action", old, new)
    }
    return actions == other.actions
      ? nil : "An action was \(actions.summary) and is \(other.actions.summary)."
  }

  private static func difference(_ what: String, _ old: BoxSpace, _ new: BoxSpace) -> String? {
    if old.count != new.count {
      return "The size of \(what) was \(old.count) and is \(new.count)."
    }
    let component = (0..<old.count).first {
      old.lowest[$0] != new.lowest[$0] || old.highest[$0] != new.highest[$0]
    }
    return component.map {
      """
      Component \($0) of \(what) was from \(old.lowest[$0]) to \(old.highest[$0]) and is from \
      \(new.lowest[$0]) to \(new.highest[$0]).
      """
    }
  }

  private static func quoted(_ text: String?) -> String { text.map { "'\($0)'" } ?? "none" }
}

extension BoxSpace {
  fileprivate var isWhole: Bool { lowest.count == highest.count }
}

extension ActionSpace {
  /// What an action is, in words.
  var summary: String {
    switch self {
    case .discrete(let count): "one of \(count) choices"
    case .multiDiscrete(let counts):
      "of \(counts.map(String.init).joined(separator: " and ")) choices"
    case .box(let box): box.count == 1 ? "a real number" : "of \(box.count) real numbers"
    }
  }
}

extension Checkpoint {
  /// Compares what is known of the environment of the run with another environment.
  ///
  /// - Throws: ``CheckpointError`` with what differs.
  func check(_ environment: any BatchableEnvironment) throws(CheckpointError) {
    // Checkpoints did not tell it at first.
    guard let text = file.metadata[StoredEnvironment.key] else { return }
    guard let stored = StoredText.value(StoredEnvironment.self, text), stored.isUsable else {
      throw CheckpointError(
        description: "What the checkpoint tells of its environment is damaged; use another one.")
    }
    let differences = stored.differences(from: StoredEnvironment(environment))
    if differences.isEmpty { return }
    throw CheckpointError(
      description: """
        The checkpoint is of another \(self.environment) than this one. \
        \(differences.joined(separator: " ")) Use the environment that it was trained in.
        """)
  }
}

extension StoredEnvironment {
  /// Its name in the metadata.
  static let key = "environment_description"
  /// What it was asked for, in the metadata.
  static let optionsKey = "environment_options"
}

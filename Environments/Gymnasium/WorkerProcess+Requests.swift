import EnvironmentKit
import Foundation

extension WorkerProcess {
  /// Asks for an environment and waits for what it is.
  func describe(_ recipe: GymnasiumRecipe) throws -> EnvironmentDescription {
    try ask(for: recipe)
    return try description(of: recipe)
  }

  /// Asks for an environment.
  func ask(for recipe: GymnasiumRecipe) throws(GymnasiumError) {
    do {
      try send(recipe.request)
    } catch {
      throw notStarted(error, recipe.python)
    }
  }

  /// Waits for what an environment is.
  func description(of recipe: GymnasiumRecipe) throws -> EnvironmentDescription {
    let line: [UInt8]
    do {
      line = try receiveLine()
    } catch {
      throw notStarted(error, recipe.python)
    }
    let decoder = JSONDecoder()
    if let description = try? decoder.decode(EnvironmentDescription.self, from: Data(line)) {
      return description
    }
    guard let answer = try? decoder.decode(WorkerAnswer.self, from: Data(line)),
      let error = answer.error
    else {
      throw GymnasiumError(
        "The worker of gym:\(recipe.id) gave an answer that cannot be read.")
    }
    if answer.kind == "unknown" {
      throw UnknownEnvironment(
        name: "gym:\(recipe.id)", knownNames: (answer.names ?? []).map { "gym:\($0)" },
        listing: """
          this Python's Gymnasium has registered \(answer.names?.count ?? 0) others; a module that \
          registers it is named before it, as in gym:my_module:\(recipe.id).
          """)
    }
    if answer.kind == "raised" {
      throw GymnasiumError(
        "gym:\(recipe.id) cannot be made: \(error)\(answer.source).", details: answer.traceback)
    }
    throw GymnasiumError(error)
  }

  /// The ids that are registered.
  func names(_ python: PythonInterpreter) throws(GymnasiumError) -> [String] {
    let line: [UInt8]
    do {
      try send(EnvironmentRequest())
      line = try receiveLine()
    } catch {
      throw notStarted(error, python)
    }
    let answer = try? JSONDecoder().decode(WorkerAnswer.self, from: Data(line))
    if let names = answer?.names { return names }
    throw GymnasiumError(answer?.error ?? "The names of Gymnasium's environments cannot be read.")
  }

  private func notStarted(_ end: WorkerEnd, _ python: PythonInterpreter) -> GymnasiumError {
    GymnasiumError(
      """
      \(python.path) \(end) before it answered; is it a Python of version 3.8 or later?
      """)
  }
}

extension WorkerAnswer {
  /// Where Python raised an exception, in brackets.
  var source: String { place.map { " (\($0))" } ?? "" }
}

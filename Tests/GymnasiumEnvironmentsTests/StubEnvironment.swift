import EnvironmentKit
import Foundation
import GymnasiumEnvironments
import TestSupport

/// The stub of Gymnasium in the fixtures, which needs a Python and no package.
enum Stub {
  /// The Python of the tests, with the stub in front of what is installed.
  static let python = fixturePython(folder: "GymnasiumStub")

  /// Whether there is a Python; a line says so if not.
  static let isAvailable: Bool = {
    if python != nil && Python.has("json") { return true }
    print("There is no Python: the tests of GymnasiumEnvironments are skipped.")
    return false
  }()

  /// An environment of the stub.
  static func environment(
    _ id: String, _ options: [String: OptionValue] = [:], workers: Int = 2,
    timeLimit: Int? = nil, _ change: (inout GymnasiumRecipe) -> Void = { _ in }
  ) throws -> GymnasiumEnvironment {
    guard let python else { throw GymnasiumStubError() }
    var recipe = GymnasiumRecipe(id: id, options: options, timeLimit: timeLimit, python: python)
    recipe.workerCount = workers
    change(&recipe)
    return try GymnasiumEnvironment(recipe)
  }
}

struct GymnasiumStubError: Error {}

import ControlEnvironments
import EnvironmentKit
import Testing

@Suite("The registry of the built-in environments")
struct BuiltInEnvironmentsTests {
  @Test(
    "CartPole is found however it is spelt",
    arguments: ["CartPole-v1", "cartpole", "cart-pole", "CARTPOLE_V1", "Cart Pole v1"])
  func findsLooseNames(name: String) throws {
    let found = try EnvironmentRegistry.builtIn.environment(named: name)
    #expect(found is CartPole)
  }

  @Test("Every environment is found by its own name, in full and without its version")
  func findsOwnNames() throws {
    for environment in EnvironmentRegistry.builtIn.environments {
      let name = environment.name
      #expect(try EnvironmentRegistry.builtIn.environment(named: name).name == name)
      let stem = String(name.prefix { $0 != "-" })
      #expect(try EnvironmentRegistry.builtIn.environment(named: stem).name == name)
    }
  }

  @Test("A slip of the finger is answered with the name that was meant")
  func suggestsNearNames() {
    let error = #expect(throws: UnknownEnvironment.self) {
      try EnvironmentRegistry.builtIn.environment(named: "cartpoel")
    }
    #expect(error?.nearNames.first == "CartPole-v1")
    #expect(
      error?.description == "There is no environment named 'cartpoel'; did you mean CartPole-v1?")
  }
}

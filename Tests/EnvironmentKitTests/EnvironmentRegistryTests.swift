import Testing

@testable import EnvironmentKit

@Suite("Finding environments by name")
struct EnvironmentRegistryTests {
  private static let registry = EnvironmentRegistry([Countdown(), Wanderer()])

  @Test("Case, punctuation and the version do not matter")
  func findsLooseNames() throws {
    for name in ["Countdown-v1", "countdown", "count_down", "COUNTDOWN V1"] {
      #expect(try Self.registry.environment(named: name) is Countdown)
    }
    #expect(try Self.registry.environment(named: "wanderer") is Wanderer)
  }

  @Test("A wrong version is not taken for the right one")
  func versionsCount() {
    let error = #expect(throws: UnknownEnvironment.self) {
      try Self.registry.environment(named: "countdown-v0")
    }
    #expect(error?.nearNames == ["Countdown-v1"])
  }

  @Test("Near names are suggested, and all names where none is near")
  func suggests() {
    let near = UnknownEnvironment(name: "wandrer", knownNames: Self.registry.names)
    #expect(
      near.description == "There is no environment named 'wandrer'; did you mean Wanderer-v1?")
    let part = UnknownEnvironment(name: "wander", knownNames: Self.registry.names)
    #expect(part.nearNames == ["Wanderer-v1"])
    let far = UnknownEnvironment(name: "Breakout", knownNames: Self.registry.names)
    #expect(
      far.description
        == "There is no environment named 'Breakout'; the known ones are Countdown-v1, Wanderer-v1."
    )
    let nothing = UnknownEnvironment(name: "", knownNames: Self.registry.names)
    #expect(nothing.nearNames.isEmpty)
  }

  @Test("An environment is added at the end; two of one name are refused")
  func adds() async {
    #expect(EnvironmentRegistry([Countdown()]).adding(Wanderer()).names.last == "Wanderer-v1")
    await #expect(processExitsWith: .failure) {
      _ = EnvironmentRegistry([Countdown(), Countdown(timeLimit: 3)])
    }
  }

  @Test("The edit distance counts insertions, deletions and replacements")
  func measuresEdits() {
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("sitting", "kitten") == 3)
    #expect(editDistance("abcd", "bcd") == 1)
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("abc", "") == 3)
    #expect(editDistance("same", "same") == 0)
  }

  @Test("Only a version at the end is cut off")
  func cutsVersions() {
    #expect(unversioned("CartPole-v12") == "CartPole")
    #expect(unversioned("Cart-Pole") == "Cart-Pole")
    #expect(unversioned("x-v") == "x-v")
  }
}

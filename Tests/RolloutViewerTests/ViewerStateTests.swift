import Testing

@testable import RolloutViewer

@Suite("Keys and times")
struct ViewerStateTests {
  private var state = ViewerState(environmentCount: 16, stepsPerSecond: 50)

  private func key(_ character: Character) -> ViewerKey { .character(character) }

  @Test("Time passes at the environment's rate, and parts of steps are kept")
  mutating func rate() {
    let due1 = state.stepsDue(at: 10)
    #expect(due1 == 0)
    let due2 = state.stepsDue(at: 10.03)
    #expect(due2 == 1)
    let due3 = state.stepsDue(at: 10.045)
    #expect(due3 == 1)
    let due4 = state.stepsDue(at: 11.05)
    #expect(due4 == 50)
  }

  @Test("Nothing passes while it is paused, and nothing is made up for")
  mutating func pause() {
    _ = state.stepsDue(at: 0)
    state.press(key(" "))
    #expect(state.isPaused && state.rest == nil)
    let due5 = state.stepsDue(at: 5)
    #expect(due5 == 0)
    state.press(key(" "))
    let due6 = state.stepsDue(at: 5.021)
    #expect(due6 == 1)
  }

  @Test("A single step pauses, and is taken once")
  mutating func singleStep() {
    _ = state.stepsDue(at: 0)
    state.press(key("."))
    state.press(key("."))
    #expect(state.isPaused)
    let due7 = state.stepsDue(at: 0.001)
    #expect(due7 == 2)
    let due8 = state.stepsDue(at: 3)
    #expect(due8 == 0)
  }

  @Test("The speed doubles and halves, within limits")
  mutating func speed() {
    state.press(key("+"))
    #expect(state.speed == 2 && state.rate == 100)
    state.press(key("-"))
    state.press(key("-"))
    #expect(state.speed == 0.5)
    for _ in 0..<20 { state.press(key("=")) }
    #expect(state.speed == 32)
    for _ in 0..<20 { state.press(key("-")) }
    #expect(state.speed == 0.03125)
  }

  @Test("A machine that falls behind does not fall further behind")
  mutating func catchingUp() {
    _ = state.stepsDue(at: 0)
    let due9 = state.stepsDue(at: 1000)
    #expect(due9 == ViewerState.mostSteps)
    let due10 = state.stepsDue(at: 1000.02)
    #expect(due10 <= 2)
  }

  @Test("It says how long nothing is going to change")
  mutating func rest() throws {
    _ = state.stepsDue(at: 0)
    let due11 = state.stepsDue(at: 0.005)
    #expect(due11 == 0)
    let rest = try #require(state.rest)
    #expect(abs(rest - 0.015) < 1e-9)
    let due12 = state.stepsDue(at: 0.005 + rest + 1e-9)
    #expect(due12 == 1)
  }

  @Test("The environments follow each other, alone or in the grid")
  mutating func environments() {
    #expect(state.visible == 0..<1)
    state.press(key("n"))
    #expect(state.visible == 1..<2)
    state.press(key("g"))
    #expect(state.visible == 0..<16 && state.selected == 1)
    for _ in 0..<15 { state.press(.tab) }
    #expect(state.selected == 0)
    state.press(key("g"))
    #expect(state.visible == 0..<1)
  }

  @Test("A new episode is asked for once")
  mutating func restart() {
    state.press(key("r"))
    let first = state.takeRestart()
    let second = state.takeRestart()
    #expect(first && !second)
  }

  @Test("Actions, help and the end are switched by their keys")
  mutating func switches() {
    state.press(key("d"))
    #expect(!state.isDeterministic)
    state.press(key("d"))
    #expect(state.isDeterministic)
    state.press(key("h"))
    #expect(state.showsHelp)
    #expect(!state.isQuitting)
    state.press(.escape)
    #expect(state.isQuitting)
  }

  @Test("A key without a meaning changes nothing")
  mutating func otherKeys() {
    let before = state
    let meanings = [key("x"), .left].map { state.press($0) }
    #expect(meanings == [false, false])
    #expect(state == before)
  }

  @Test("Every command has a key, and no key has two commands")
  func bindings() {
    #expect(Set(KeyBinding.all.map(\.command)) == Set(ViewerCommand.allCases))
    let keys = KeyBinding.all.flatMap(\.pressed)
    #expect(keys.count == Set(keys).count)
  }
}

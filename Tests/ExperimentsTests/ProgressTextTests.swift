import Testing

@testable import Experiments

@Suite("The display of progress")
struct ProgressTextTests {
  private var state: ProgressState {
    var state = ProgressState()
    state.timestep = 57_344
    state.totalTimesteps = 100_096
    state.stepsPerSecond = 88_642.7
    state.meanReturn = 433.24
    for value in [20.0, 60, 200, 433.24] { state.history.add(value) }
    state.terms = [
      .init(name: "policy", value: -0.0123, weight: 1),
      .init(name: "value", value: 34.123, weight: 0.5),
      .init(name: "entropy", value: .nan, weight: 0.01),
    ]
    return state
  }

  private func lines(_ state: ProgressState, width: Int, blocks: Bool = true) -> [String] {
    ProgressText(width: width, usesBlocks: blocks).livingLines(state).map(\.text)
  }

  @Test("tells how far a run is, how the return has grown, and the losses with their weights")
  func showsEverything() {
    #expect(
      lines(state, width: 110) == [
        "██████████████████████▉░░░░░░░░░░░░░░░░░   57%  57,344 of 100,096 steps  88,642 steps/s  0.5 s left",
        "mean return 433.2  ▁▂▄█",
        "policy -0.0123 × 1   value 34.1 × 0.5   entropy - × 0.01",
      ])
  }

  @Test("uses letters only where the terminal has no others")
  func showsASCII() {
    let lines = lines(state, width: 100, blocks: false)
    #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 128 } })
    #expect(lines[0].hasPrefix("[###"))
    #expect(lines[1] == "mean return 433.2")
  }

  @Test("fits into any width", arguments: 1...140)
  func fits(width: Int) {
    var long = state
    long.timestep = 999_999_999
    long.totalTimesteps = 1_000_000_000
    long.terms += (0..<20).map { .init(name: "term \($0)", value: 1e-30, weight: 1e30) }
    for state in [state, long, ProgressState()] {
      for blocks in [true, false] {
        let lines = lines(state, width: width, blocks: blocks)
        #expect(lines.count <= 3)
        #expect(lines.allSatisfy { $0.count <= width })
      }
    }
    #expect(width < 4 || lines(state, width: width)[0].contains("57%"))
  }

  @Test("fills its bar from nothing to everything")
  func fillsBar() {
    var state = state
    state.timestep = 0
    #expect(lines(state, width: 110)[0].hasPrefix("░░░░"))
    state.timestep = state.totalTimesteps
    #expect(lines(state, width: 110)[0].hasPrefix(String(repeating: "█", count: 40) + "  100%"))
    state.timestep = state.totalTimesteps - 1
    #expect(lines(state, width: 110)[0].contains(" 99%"))
  }

  @Test("says so where nothing is known yet")
  func showsBeginning() {
    let lines = lines(ProgressState(), width: 80)
    #expect(lines.count == 2)
    #expect(!lines[0].contains("left"))
    #expect(lines[1] == "no episode has finished yet")
    #expect(ProgressText.plainLine(ProgressState()).contains("mean return none yet"))
  }

  @Test("has one line for a file")
  func showsPlainLine() {
    #expect(
      ProgressText.plainLine(state) == " 57%  57344 steps  88643 steps/s  mean return 433.2")
  }

  @Test("colours nothing but what it shows")
  func colors() {
    let lines = ProgressText(width: 100, usesBlocks: true).livingLines(state)
    for line in lines {
      #expect(line.colored.replacing(#/\u{1B}\[[0-9]+m/#, with: "") == line.text)
      #expect(line.colored.contains("\u{1B}["))
    }
  }

  @Test("draws numbers as blocks")
  func sparks() {
    #expect(ProgressText.spark([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(ProgressText.spark([-5, 5, -5]) == "▁█▁")
    #expect(ProgressText.spark([3, 3]) == "▁▁")
    #expect(ProgressText.spark([3]) == "")
    #expect(ProgressText.spark([]) == "")
    #expect(ProgressText.spark([-1.7e308, 0, 1.7e308]) == "▁▅█")
    #expect(ProgressText.spark([1, .infinity, .nan]).count == 3)
  }

  @Test(
    "tells times as people do",
    arguments: [
      (0, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (200, "3:20 min"), (3600, "1:00 h"),
      (7500, "2:05 h"), (1e12, "years"),
    ] as [(Double, String)])
  func durations(seconds: Double, text: String) {
    #expect(ProgressText.duration(seconds) == text)
  }

  @Test("keeps a bounded history that still spans the whole run")
  func boundsHistory() {
    var history = ReturnHistory()
    for value in 0..<10_000 { history.add(Double(value)) }
    #expect(history.values.count < ReturnHistory.capacity)
    let means = history.means(10)
    #expect(means.count == 10)
    #expect(zip(means, means.dropFirst()).allSatisfy { $0 < $1 })
    #expect(means[0] < 1000 && means[9] > 8500)
  }

  @Test("is plain, without colours or in letters where the environment asks for it")
  func decides() {
    func terminal(_ variables: [String: String], isTerminal: Bool = true) -> Terminal {
      Terminal(isTerminal: isTerminal, environment: variables)
    }
    let usual = ["TERM": "xterm-256color", "LANG": "en_GB.UTF-8"]
    #expect(terminal(usual).isLiving && terminal(usual).usesColors && terminal(usual).usesBlocks)
    #expect(!terminal(usual, isTerminal: false).isLiving)
    let dumb = usual.merging(["TERM": "dumb"]) { $1 }
    #expect(!terminal(dumb).isLiving && !terminal(dumb).usesColors)
    let colorless = usual.merging(["NO_COLOR": "1"]) { $1 }
    #expect(terminal(colorless).isLiving && !terminal(colorless).usesColors)
    #expect(!terminal(usual.merging(["LC_ALL": "C"]) { $1 }).usesBlocks)
    #expect(!terminal(["TERM": "xterm"]).usesBlocks)
  }
}

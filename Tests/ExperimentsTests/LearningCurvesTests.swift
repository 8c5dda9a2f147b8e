import Charts
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("Learning curves")
struct LearningCurvesTests {
  private func run(
    _ name: String = "run", _ settings: [String: SettingValue] = [:], _ rows: String = "256,20,1\n"
  ) throws -> RunRecord {
    let settings = ["env": .text("CartPole-v1"), "seed": .number(1)].merging(settings) { $1 }
    return RunRecord(
      name: name, settings: settings,
      progress: try ProgressRecord(
        "global_step,charts/episodic_return,charts/seconds\n" + rows, name: name))
  }

  @Test("take a run of an older version, which writes none as null, for one of the same settings")
  func joinsVersions() throws {
    try SmallRun.inFolder { folder in
      let table = try ProgressTable(url: folder.progress, scalars: SmallRun.scalars)
      try table.close()
      let current = try RunRecord(folder)
      var settings = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: folder.configuration))
          as? [String: Any])
      for (name, value) in settings where ["none", "auto"].contains(value as? String) {
        settings[name] = name == "sde-sample-freq" ? -1 : NSNull()
      }
      // What that version did not have.
      for name in settings.keys where name.hasSuffix("-schedule") { settings[name] = nil }
      for name in ["image-encoder", "shared-encoder"] { settings[name] = nil }
      settings["seed"] = 2
      try JSONSerialization.data(withJSONObject: settings).write(to: folder.configuration)
      let older = try RunRecord(folder)
      #expect(older.settings.merging(current.settings) { old, _ in old } == older.settings)
      #expect(RunGroup.groups(of: [current, older]).count == 1)
    }
  }

  @Test("name the runs of which nothing is drawn")
  func namesRunsWithoutLine() throws {
    let curves = LearningCurves([try run("a"), try run("b", [:], "256,,1\n")])
    #expect(curves.runsWithoutLine("return") == ["b"])
    #expect(curves.runsWithoutLine("charts/seconds") == [])
    #expect(curves.runsWithoutLine("losses") == ["a", "b"])
  }

  @Test("name the lines of several environments alike, by what sets runs of one apart")
  func namesLinesOfEnvironments() throws {
    let acrobot: [String: SettingValue] = ["env": .text("Acrobot-v1"), "num-envs": .number(16)]
    let runs = [
      try run("a", ["balancer": .text("log"), "target-kl": .text("auto")]),
      try run("b", ["balancer": .text("fixed"), "target-kl": .text("none")]),
      try run(
        "c", acrobot.merging(["balancer": .text("fixed"), "target-kl": .text("none")]) { $1 }),
    ]
    let groups = RunGroup.groupsOfEnvironments(of: runs)
    #expect(
      groups["CartPole-v1"]?.map(\.name) == ["log, target-kl auto", "fixed, target-kl none"])
    // The number of environments differs between the tasks and names no line.
    #expect(groups["Acrobot-v1"]?.map(\.name) == ["fixed, target-kl none"])
  }

  @Test("group runs by what differs besides the seed")
  func groupsRuns() throws {
    let runs = [
      try run("a", ["balancer": .text("log"), "gamma": .number(0.9), "anneal-lr": .flag(true)]),
      try run("b", ["balancer": .text("fixed"), "gamma": .number(0.9), "anneal-lr": .flag(false)]),
      try run(
        "c",
        [
          "balancer": .text("log"), "gamma": .number(0.9), "seed": .number(2),
          "anneal-lr": .flag(true),
        ]),
    ]
    let groups = RunGroup.groups(of: runs)
    #expect(groups.map(\.name) == ["log, anneal-lr", "fixed, no anneal-lr"])
    #expect(groups.map { $0.runs.map(\.name) } == [["a", "c"], ["b"]])
    #expect(RunGroup.groups(of: [runs[0], runs[2]]).map(\.name) == [""])
    let sizes = [
      try run("a", ["hidden-sizes": .list([.number(64), .number(64)])]),
      try run("b", ["hidden-sizes": .list([.number(8)])]),
    ]
    #expect(RunGroup.groups(of: sizes).map(\.name) == ["hidden-sizes 64,64", "hidden-sizes 8"])
  }

  @Test("show the mean of runs with a band, where all of them are")
  func averagesRuns() {
    let mean = MeanCurve(of: [
      [CurvePoint(x: 0, y: 0), CurvePoint(x: 100, y: 100)],
      [CurvePoint(x: 50, y: 0), CurvePoint(x: 150, y: 0)],
    ]).points
    #expect(mean.first == Point(x: 50, y: 25, band: 0...50))
    #expect(mean.last == Point(x: 100, y: 50, band: 0...100))
    #expect(mean.count == MeanCurve.resolution)
    let same = MeanCurve(of: [[CurvePoint(x: 5, y: 1)], [CurvePoint(x: 5, y: 3)]]).points
    #expect(same == [Point(x: 5, y: 2, band: 1...3)])
    let apart = MeanCurve(of: [[CurvePoint(x: 5, y: 1)], [CurvePoint(x: 6, y: 3)]]).points
    #expect(apart.isEmpty)
  }

  @Test("show a single run as it is, thinned where nobody could see more")
  func showsSingleRuns() {
    let few = [CurvePoint(x: 1, y: 2), CurvePoint(x: 3, y: 4)]
    #expect(MeanCurve(of: [few, []]).points == [Point(x: 1, y: 2), Point(x: 3, y: 4)])
    let many = (0..<5001).map { CurvePoint(x: Double($0), y: 1) }
    let points = MeanCurve(of: [many]).points
    #expect(points.count <= 2 * MeanCurve.resolution + 1)
    #expect(points.first?.x == 0 && points.last?.x == 5000)
  }

  @Test("average neighbours into bins")
  func averagesNeighbours() {
    let points = [1.0, 2, 3, 4, 8].map { CurvePoint(x: $0, y: 10 * $0) }
    let means = [CurvePoint(x: 1.5, y: 15), CurvePoint(x: 5, y: 50)]
    #expect(MeanCurve.binned(points, into: 2) == means)
    #expect(MeanCurve.binned(points, into: 5) == points)
  }

  @Test("of the largest numbers are drawn")
  func drawsExtremes() throws {
    let largest = 1.7e308
    let curves = [
      [CurvePoint(x: -largest, y: -largest), CurvePoint(x: largest, y: largest)],
      [CurvePoint(x: -largest, y: largest), CurvePoint(x: largest, y: largest)],
    ]
    let points = MeanCurve(of: curves).points
    #expect(points.count == MeanCurve.resolution)
    #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.band != nil })
    #expect(points.last == Point(x: largest, y: largest, band: largest...largest))
    let bins = MeanCurve.binned(curves[0] + curves[1], into: 2)
    #expect(bins.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    #expect(Statistics.mean([largest, largest, largest]).isFinite)
    let interval = Statistics.bootstrapInterval(of: [[-largest, largest, 0]])
    #expect(interval.lowerBound.isFinite && interval.upperBound.isFinite)
    let text = "256,-1.7e308,1\n512,1.7e308,2\n"
    let runs = [try run("a", [:], text), try run("b", ["seed": .number(2)], text)]
    #expect(
      try keptPicture(LearningCurves(runs).sheet("return").svg).hasSuffix("</svg>\n"))
  }

  @Test("say of how many seeds they are means, and that they end with the first run")
  func captions() throws {
    let rows = "256,20,1\n512,30,2\n"
    let first = try run("a", [:], rows)
    let second = try run("b", ["seed": .number(2)], rows)
    let long = try run("c", ["seed": .number(3)], rows + "1024,40,4\n")
    let copy = try run("copy of a", [:], rows)
    func caption(_ runs: [RunRecord]) throws -> String {
      try keptPicture(LearningCurves(runs).sheet("return").svg)
    }
    #expect(try caption([first, second]).contains("means of 2 seeds"))
    #expect(try !caption([first, second]).contains("ends where"))
    #expect(try caption([first, second, long]).contains("means of 3 seeds"))
    #expect(
      try caption([first, long]).contains("A line ends where the first of its runs ends."))
    #expect(try caption([first, copy]).contains("means of 2 runs"))
  }

  @Test("have steps or seconds along them")
  func hasAxes() throws {
    let run = try run("run", [:], "256,20,0.5\n512,,1\n768,40,1.5\n")
    let column = "charts/episodic_return"
    #expect(
      run.points(of: column, along: .steps) == [CurvePoint(x: 256, y: 20), .init(x: 768, y: 40)])
    #expect(
      run.points(of: column, along: .seconds) == [CurvePoint(x: 0.5, y: 20), .init(x: 1.5, y: 40)])
    let sheet = try LearningCurves([run], along: .seconds).sheet("return")
    #expect(try keptPicture(sheet.svg).contains(">seconds of training<"))
  }

  @Test("of several tasks have a chart for each, with the return that solves it")
  func splitsEnvironments() throws {
    let runs = [
      try run("a", ["balancer": .text("log")]),
      try run("b", ["balancer": .text("fixed")]),
      try run("c", ["env": .text("Acrobot-v1"), "balancer": .text("log")]),
    ]
    let curves = LearningCurves(runs, thresholds: ["CartPole-v1": 475])
    let svg = try keptPicture(curves.sheet("return").svg)
    #expect(svg.contains(">CartPole-v1<") && svg.contains(">Acrobot-v1<"))
    #expect(svg.contains(">solved at 475<"))
    #expect(svg.matches(of: #/>log</#).count == 1)
  }

  @Test("say in a sentence what cannot be drawn")
  func explainsMistakes() throws {
    let curves = LearningCurves([try run()])
    let unknown = #expect(throws: RecordError.self) { try curves.sheet("charts/nothing") }
    #expect(unknown?.description.contains("There is no 'charts/nothing'") == true)
    let empty = #expect(throws: RecordError.self) { try curves.sheet("balance") }
    #expect(empty?.description.contains("no number was recorded") == true)
  }
}

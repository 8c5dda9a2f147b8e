import ChildProcesses
import Foundation
import PolicyOptimization
import TestSupport
import Testing

@testable import Experiments

/// Optuna as a partner: by a stub, which needs a Python and no package, and by Optuna itself where it is
/// installed.
@Suite("Optuna", .enabled(if: pythonPath(named: Python.program) != nil))
struct OptunaSamplerTests {
  private let space = SearchSpace([
    .init("learning-rate", .logarithmic(low: 1e-5, high: 1e-1)),
    .init("gamma", .logarithmicFromOne(low: 0.9, high: 0.999)),
    .init("activation", .choices([.text("tanh"), .text("relu")])),
    .init("num-envs", .choices([4, 8, 16].map { .whole($0) })),
    .init("clip-coef", .linear(low: 0.1, high: 0.3)),
  ])

  /// A Python with the stub in front of what is installed.
  private func stubPython(in folder: URL, log: URL? = nil) throws -> String {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/OptunaStub").standardizedFileURL.path
    let python = try #require(pythonPath(named: Python.program))
    let script = folder.appendingPathComponent("python-\(UUID())")
    try """
    #!/bin/sh
    OPTUNA_STUB_LOG='\(log?.path ?? "")' PYTHONPATH='\(path)' exec '\(python)' -B "$@"

    """.write(to: script, atomically: true, encoding: .utf8)
    chmod(script.path, 0o700)
    return script.path
  }

  private func plan(_ trials: Int = 40) -> TuningPlan {
    TuningPlan(
      environment: "Formula", base: Hyperparameters(), space: space, sampler: "optuna tpe",
      seed: 4, seeds: 4, trials: trials)
  }

  @Test("proposes points of every kind of range, and is told of every kind of end")
  func proposes() throws {
    try inTemporaryFolder { folder in
      let log = folder.appendingPathComponent("log")
      let sampler = try OptunaSampler(
        "tpe", space: space, seed: 4, study: "s",
        python: stubPython(in: folder, log: log))
      #expect(sampler.name == "optuna stub tpe")
      let trials = FormulaTrials { $0.candidate == 3 }
      let result = try #require(
        try TuningSearch(plan(), trials: trials, sampler: sampler, jobs: 3).run())
      #expect(result.candidates.count > 20)
      for candidate in result.candidates.dropFirst() {
        #expect(candidate.point.allSatisfy { 0...1 ~= $0 })
        try candidate.hyperparameters.validate()
      }
      #expect(Set(result.candidates.map(\.hyperparameters.activation)).count == 2)
      #expect(Set(result.candidates.map(\.hyperparameters.environmentCount)).count == 3)
      let told = try String(contentsOf: log, encoding: .utf8)
      #expect(told.contains("\"added\""))
      #expect(told.contains("\"FAIL\"") && told.contains("\"PRUNED\""))
      #expect(told.contains("\"COMPLETE\""))
    }
  }

  @Test("has the same candidates whatever the number of jobs, and after a resumption")
  func isDeterministic() throws {
    try inTemporaryFolder { folder in
      func search(_ jobs: Int, _ trials: FormulaTrials, _ table: TrialTable? = nil) throws
        -> TuningSearch
      {
        TuningSearch(
          plan(), trials: trials,
          sampler: try OptunaSampler(
            "tpe", space: space, seed: 4, study: "s", python: stubPython(in: folder)),
          jobs: jobs, table: table)
      }
      let one = try #require(try search(1, FormulaTrials()).run())
      let several = try #require(try search(4, FormulaTrials()).run())
      #expect(one.essence == several.essence)

      let url = folder.appendingPathComponent("search")
      let first = FormulaTrials()
      do {
        let begun = try TuningFolder(url, for: plan())
        let result = try search(2, first, begun.table).run(
          until: { first.requests.all.count >= 17 })
        #expect(result == nil)
      }
      let resumed = try TuningFolder(url, for: plan())
      let result = try search(2, FormulaTrials(), resumed.table).run()
      #expect(try #require(result).essence == one.essence)
    }
  }

  @Test("fails with a sentence")
  func explains() throws {
    try inTemporaryFolder { folder in
      func error(_ python: String, storage: String? = nil) -> String {
        let error = #expect(throws: TuningError.self) {
          try OptunaSampler(
            "tpe", space: space, seed: 1, storage: storage, study: "s", python: python)
        }
        return error?.description ?? ""
      }
      #expect(error("/nowhere/python").contains("No Python was found for Optuna"))
      #expect(
        try error(stubPython(in: folder), storage: "broken").contains(
          "Optuna has failed: ValueError: no such storage"))
      let silent = folder.appendingPathComponent("silent")
      try "#!/bin/sh\nexit 3\n".write(to: silent, atomically: true, encoding: .utf8)
      chmod(silent.path, 0o700)
      #expect(error(silent.path).contains("ended without an answer"))
      let bare = folder.appendingPathComponent("bare")
      let python = try #require(pythonPath(named: Python.program))
      try "#!/bin/sh\nexec '\(python)' -I -S \"$@\"\n".write(
        to: bare, atomically: true, encoding: .utf8)
      chmod(bare.path, 0o700)
      #expect(error(bare.path).contains("has no optuna, which the sampler needs; install it"))
    }
  }

  @Test(
    "itself searches", .enabled(if: Python.has("optuna")),
    arguments: ["tpe", "cma-es"])
  func searchesWithOptuna(name: String) throws {
    if name == "cma-es" && !Python.has("cmaes") { return }
    let sampler = try OptunaSampler(
      name, space: space, seed: 4, study: "s", python: Python.program)
    let result = try #require(
      try TuningSearch(plan(60), trials: FormulaTrials(), sampler: sampler, jobs: 2).run())
    #expect(result.candidates.count > 30)
    #expect(result.confirmed.interquartileMean >= result.preset.interquartileMean)
  }
}

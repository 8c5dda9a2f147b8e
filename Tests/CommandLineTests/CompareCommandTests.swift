import Experiments
import Foundation
import Testing

@Suite("A comparison")
struct CompareCommandTests {
  private let small = [
    "compare", "--env", "cartpole", "--preset", "rl-zoo", "--balancers", "fixed,log", "--seeds",
    "2", "--shared-trunk",
    "--total-timesteps", "1024", "--update-epochs", "2", "--episodes", "7", "--output", "all",
  ]

  private func files(_ folder: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      files[name] = FileManager.default.contents(
        atPath: folder.appendingPathComponent(name).path)
    }
    return files
  }

  @Test("trains each balancer on each scale and seed, and tells in tables, CSV, JSON and a picture")
  func compares() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(small + ["--reward-scales", "0.1,10"], in: folder)
      #expect(run.status == 0)
      #expect(run.errors.contains("8 of 8"))
      #expect(run.output.contains("worst / best scale"))
      let files = try files(folder.appendingPathComponent("all"))
      for balancer in ["fixed", "log"] {
        for scale in ["0.1", "10"] {
          for seed in [1, 2] {
            let name = "runs/\(balancer)-scale-\(scale)-seed-\(seed)"
            for file in ["config.json", "progress.csv", "summary.json", "checkpoint.safetensors"] {
              #expect(files["\(name)/\(file)"] != nil, "\(name)/\(file)")
            }
          }
        }
      }
      let csv = String(decoding: try #require(files["comparison.csv"]), as: UTF8.self)
      #expect(csv.split(separator: "\n").count == 9)
      let svg = String(decoding: try #require(files["learning-curves.svg"]), as: UTF8.self)
      #expect(svg.contains(">rewards × 10<") && svg.contains("interquartile means of 2 seeds"))

      // Again, with nothing left to train: the same numbers, as JSON.
      let again = try CommandLineRun(small + ["--reward-scales", "0.1,10", "--json"], in: folder)
      #expect(again.errors.isEmpty)
      let report = try #require(again.json)
      let results = try #require(report["results"] as? [[String: Any]])
      #expect(results.count == 4)
      for key in ["iqm", "worst", "best", "wall_seconds", "reward_scale"] {
        #expect(results.allSatisfy { $0[key] is Double }, "\(key)")
      }
      // Two seeds are too few for an interval of 95 % confidence.
      for key in ["iqm_low", "iqm_high"] {
        #expect(results.allSatisfy { $0[key] is NSNull }, "\(key)")
      }
      #expect(run.output.contains("A 95 % interval needs at least 5 seeds."))
      #expect(svg.contains("from the lowest to the highest seed"))
      #expect((report["totals"] as? [Any])?.count == 2)
      #expect((report["runs"] as? [Any])?.count == 8)
      let untouched = try self.files(folder.appendingPathComponent("all"))
      #expect(untouched == files)
    }
  }

  @Test("has runs like those of ppo train, whose returns are in the environment's units")
  func trainsOrdinaryRuns() throws {
    try CommandLineRun.inFolder { folder in
      let options = ["--reward-scales", "0.01", "--threads", "3"]
      #expect(try CommandLineRun(small + options, in: folder).status == 0)
      let train = try CommandLineRun(
        [
          "train", "--env", "cartpole", "--preset", "rl-zoo", "--balancer", "log", "--seed", "2",
          "--shared-trunk",
          "--total-timesteps", "1024", "--update-epochs", "2", "--reward-scale", "0.01",
          "--output", "alone",
        ], in: folder)
      #expect(train.status == 0)
      let (alone, compared) = (
        try files(folder.appendingPathComponent("alone")),
        try files(folder.appendingPathComponent("all/runs/log-seed-2"))
      )
      for file in ["checkpoint.safetensors", "config.json"] {
        let expected = try #require(alone[file])
        #expect(compared[file] == expected)
      }
      let evaluation = try CommandLineRun(
        ["evaluate", "alone", "--episodes", "7", "--seed", "2", "--json"], in: folder)
      let report = try JSONDecoder().decode(
        ComparedRun.self, from: try #require(compared["evaluation.json"]))
      #expect(report.meanReturn == evaluation.json?["mean_return"] as? Double)
      #expect(report.meanReturn ?? 0 > 5)
      #expect(report.episodes == 7)
      #expect(report.timesteps == 1024)
    }
  }

  @Test("goes on where it was interrupted, to the same end")
  func resumes() throws {
    try CommandLineRun.inFolder { folder in
      let long = small.map { $0 == "1024" ? "200000" : $0 } + ["--quiet"]
      let whole = try CommandLineRun(long.map { $0 == "all" ? "whole" : $0 }, in: folder)
      #expect(whole.status == 0)
      let interrupted = try CommandLineRun(long, in: folder, interruptedAfter: 0.4)
      #expect(interrupted.status == 130)
      #expect(interrupted.errors.contains("goes on where it was"))
      let resumed = try CommandLineRun(long, in: folder)
      #expect(resumed.status == 0)
      for run in ["fixed-seed-1", "log-seed-1", "fixed-seed-2", "log-seed-2"] {
        let name = "runs/\(run)/checkpoint.safetensors"
        let expected = try Data(contentsOf: folder.appendingPathComponent("whole/\(name)"))
        #expect(try Data(contentsOf: folder.appendingPathComponent("all/\(name)")) == expected)
      }
    }
  }

  @Test("does not mix with another one")
  func refusesOtherConfiguration() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(small, in: folder).status == 0)
      let before = try files(folder)
      let other = try CommandLineRun(small + ["--gamma", "0.5"], in: folder)
      #expect(other.status == 1)
      #expect(other.errors.contains("was trained with gamma 0.98"))
      #expect(try files(folder) == before)
    }
  }

  @Test("reports a run whose numbers blow up, and goes on with the others")
  func survivesFailures() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(
        small + ["--learning-rate", "1e300", "--optimizer", "sgd"], in: folder)
      #expect(run.status == 0)
      #expect(run.output.contains("2 failed"))
      #expect(run.errors.contains("must be finite"))
    }
  }

  @Test(
    "explains what it cannot do",
    arguments: [
      (["--balancers", "fixed,gradnrom"], "gradnorm"),
      (["--balancers", "fixed,fixed"], "each balancer once"),
      (["--balancers", "fixed", "--reward-scales", "1,x"], "--reward-scales is '1,x'"),
      (["--balancers", "fixed", "--reward-scales", "1,1.0"], "each once"),
      (["--balancers", "fixed", "--reward-scales", "0"], "--reward-scale is 0"),
      (["--balancers", "fixed", "--seeds", "0"], "--seeds is 0"),
      (["--balancers", "fixed", "--episodes", "0"], "--episodes is 0"),
      (["--balancers", "fixed", "--threads", "0"], "--threads is 0"),
      (["--balancers", "fixed", "--balancer", "log"], "--balancers"),
      (["--balancers", "fixed", "--gamma", "2"], "--gamma is 2"),
    ] as [([String], String)])
  func explainsMistakes(options: [String], part: String) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(["compare", "--env", "cartpole"] + options, in: folder)
      #expect(run.status == 64)
      #expect(run.errors.contains(part), "\(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}

import Foundation
import Testing

@Suite("A search by command")
struct TuneCommandTests {
  private let small = [
    "tune", "--env", "cartpole", "--preset", "rl-zoo", "--total-timesteps", "1024", "--num-envs",
    "4", "--hidden-sizes", "8", "--search", "learning-rate,gamma,num-steps,minibatch-size",
    "--trials", "30", "--seeds", "5", "--episodes", "3", "--output", "found",
  ]

  @Test("leaves a configuration that repeats what was found, a table of all trials and a picture")
  func searches() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(small + ["--json"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.isEmpty)
      let report = try #require(run.json)
      #expect(report["environment"] as? String == "CartPole-v1")
      for key in ["trials", "candidates", "search_score", "confirmed_score", "wall_seconds"] {
        #expect(report[key] is NSNumber, "\(key)")
      }
      #expect(report["seeds"] as? Int == 5)
      #expect(report["output"] as? String == "found")
      #expect((report["confirmed_values"] as? [Double])?.count == 5)
      let best = try #require(report["best"] as? [String: Any])
      #expect(best["hidden-sizes"] as? [Int] == [8])

      let table = try String(
        contentsOf: folder.appendingPathComponent("found/trials.csv"), encoding: .utf8)
      #expect(table.split(separator: "\n").count == 1 + (report["trials"] as? Int ?? 0))

      // The first seed of the confirmation, trained and evaluated by the ordinary commands.
      let values = try #require(report["confirmed_values"] as? [Double])
      let train = try CommandLineRun(
        ["train", "--config", "found/best.json", "--seed", "1001", "--output", "run", "--quiet"],
        in: folder)
      #expect(train.status == 0, "\(train.errors)")
      let evaluation = try CommandLineRun(
        ["evaluate", "run", "--episodes", "3", "--seed", "1001", "--json"], in: folder)
      #expect(evaluation.json?["mean_return"] as? Double == values[0])

      // Again: the same report, without a trial.
      let again = try CommandLineRun(small + ["--json", "--jobs", "1"], in: folder)
      #expect(again.json?["confirmed_values"] as? [Double] == values)
      let untouched = try String(
        contentsOf: folder.appendingPathComponent("found/trials.csv"), encoding: .utf8)
      #expect(untouched == table)
    }
  }

  @Test("is interrupted by Ctrl-C, and goes on with the same command")
  func resumes() throws {
    try CommandLineRun.inFolder { folder in
      let long = small.map { $0 == "1024" ? "60000" : $0 == "30" ? "40" : $0 }
      let interrupted = try CommandLineRun(long, in: folder, interruptedAfter: 1.5)
      #expect(interrupted.status == 130)
      #expect(interrupted.errors.contains("goes on where it was, in found"))
      let table = folder.appendingPathComponent("found/trials.csv")
      let before = try String(contentsOf: table, encoding: .utf8)
      let again = try CommandLineRun(long, in: folder, interruptedAfter: 1.5)
      #expect(again.status == 130)
      #expect(try String(contentsOf: table, encoding: .utf8).hasPrefix(before))
    }
  }

  @Test("keeps trials that fail, with their sentence")
  func keepsFailures() throws {
    try CommandLineRun.inFolder { folder in
      let space = """
        { "learning-rate": [0.001, 1e300], "optimizer": ["sgd", "adam"] }
        """
      try Data(space.utf8).write(to: folder.appendingPathComponent("space.json"))
      let run = try CommandLineRun(
        [
          "tune", "--env", "cartpole", "--total-timesteps", "512", "--num-envs", "4", "--num-steps",
          "32", "--minibatch-size", "64", "--space", "space.json", "--trials", "30", "--seeds", "2",
          "--episodes", "1", "--output", "found", "--json",
        ], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect((run.json?["failed_trials"] as? Int ?? 0) > 0)
      let table = try String(
        contentsOf: folder.appendingPathComponent("found/trials.csv"), encoding: .utf8)
      #expect(table.contains(",failed,") && table.contains("must be finite"))
    }
  }

  @Test(
    "explains what it cannot do",
    arguments: [
      (["--search", "lerning-rate"], "nearest that is known is \"learning-rate\""),
      (["--search", "lr"], "here it is called \"learning-rate\""),
      (["--search", "gamma", "--gamma", "0.9"], "--gamma is given a value"),
      (["--search", "weight-decay"], "give one with --space"),
      (["--search", ","], "Nothing is to be searched"),
      (["--trials", "3"], "it must be at least"),
      (["--seeds", "0"], "--seeds is 0"), (["--jobs", "0"], "--jobs is 0"),
      (["--budget-seconds", "0"], "--budget-seconds is 0"),
      (["--objective", "speed"], "--objective is 'speed'"),
      (["--space", "none.json"], "no readable search space"),
      (["--preset", "default", "--from-defaults"], "exclude each other"),
      (["--gamma", "2"], "--gamma is 2"),
    ] as [([String], String)])
  func explainsMistakes(options: [String], part: String) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(["tune", "--env", "cartpole"] + options, in: folder)
      #expect(run.status == 64)
      #expect(run.errors.contains(part), "\(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test("leaves a folder of something else as it is")
  func refusesFolder() throws {
    try CommandLineRun.inFolder { folder in
      let other = folder.appendingPathComponent("found")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      let run = try CommandLineRun(small, in: folder)
      #expect(run.status == 1)
      #expect(run.errors.contains("is not the folder of a search; nothing was changed"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).isEmpty)
    }
  }
}

import Experiments
import Foundation
import Testing

@Suite("The records of a run")
struct RecordsCommandTests {
  private let short = [
    "train", "--env", "cartpole", "--preset", "rl-zoo", "--total-timesteps", "1024",
    "--update-epochs", "2",
  ]

  private func content(_ path: String, in folder: URL) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(path))
  }

  private func eventFiles(_ run: String, in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(run).path)
      .filter { $0.hasPrefix("events.out.tfevents.") }
  }

  @Test("show at the end which loss dominated, unless quiet is asked for")
  func showBalance() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(short, in: folder)
      #expect(run.errors.contains("gradient norm"))
      #expect(run.errors.contains("dominated"))
      #expect(!run.output.contains("dominated"))
      let quiet = try CommandLineRun(short + ["--quiet"], in: folder)
      #expect(quiet.errors.isEmpty)
      let without = try CommandLineRun(short + ["--probe-every", "0"], in: folder)
      #expect(!without.errors.contains("dominated"))
      let wrong = try CommandLineRun(short + ["--probe-every", "-1"], in: folder)
      #expect(wrong.status == 64 && wrong.errors.contains("--probe-every is -1"))
    }
  }

  @Test("do not change what is learnt")
  func changeNothing() throws {
    try CommandLineRun.inFolder { folder in
      let with = ["--probe-every", "3", "--output", "with"]
      let without = ["--probe-every", "0", "--no-tensorboard", "--quiet", "--output", "without"]
      for options in [with, without] {
        let run = try CommandLineRun(short + ["--shared-trunk"] + options, in: folder)
        #expect(run.status == 0)
      }
      let checkpoint = try content("with/checkpoint.safetensors", in: folder)
      #expect(try content("without/checkpoint.safetensors", in: folder) == checkpoint)
      #expect(try eventFiles("with", in: folder).count == 1)
      #expect(try eventFiles("without", in: folder).isEmpty)
    }
  }

  @Test("are as many as are asked for, spread over the run, with its first and last update")
  func areThinned() throws {
    try CommandLineRun.inFolder { folder in
      for (records, expected) in [("2", [256, 512, 1024]), ("0", [256, 512, 768, 1024])] {
        let run = try CommandLineRun(
          short + ["--records", records, "--eval-every", "none", "--output", records], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let table = folder.appendingPathComponent("\(records)/progress.csv")
        #expect(try ProgressRecord(contentsOf: table).steps == expected)
      }
      let refused = try CommandLineRun(short + ["--records", "-1"], in: folder)
      #expect(refused.status == 64 && refused.errors.contains("--records is -1"))
    }
  }

  @Test("of a run that was resumed are those of one without a break")
  func continueWhole() throws {
    try CommandLineRun.inFolder { folder in
      let whole = try CommandLineRun(short + ["--output", "whole"], in: folder)
      #expect(whole.status == 0)
      let paused = try CommandLineRun(short + ["--output", "run", "--pause-at", "512"], in: folder)
      #expect(paused.status == 130)
      // What a killed process may leave behind: a row of later, and half a row.
      let table = folder.appendingPathComponent("run/progress.csv")
      let record = try ProgressRecord(contentsOf: table)
      let later = "768" + String(repeating: ",", count: record.columns.count - 1) + "\n1024,3"
      try (Data(contentsOf: table) + Data(later.utf8)).write(to: table)
      #expect(try CommandLineRun(["train", "--resume", "run"], in: folder).status == 0)

      let expected = try ProgressRecord(
        contentsOf: folder.appendingPathComponent("whole/progress.csv"))
      let resumed = try ProgressRecord(contentsOf: table)
      #expect(resumed.steps == [256, 512, 768, 1024])
      #expect(resumed.columns == expected.columns)
      let times = ["charts/SPS", "charts/seconds", "charts/elapsed_seconds"]
      for column in expected.columns where !times.contains(column) {
        let (left, right) = (resumed[column] ?? [], expected[column] ?? [])
        #expect(
          left.map { $0.isNaN ? -1 : $0 } == right.map { $0.isNaN ? -1 : $0 }, "\(column)")
      }
      let seconds = try #require(resumed["charts/seconds"])
      #expect(zip(seconds, seconds.dropFirst()).allSatisfy { $0 < $1 })
      #expect(try eventFiles("run", in: folder).count == 2)
    }
  }

  @Test("are drawn, and nothing is overwritten unless asked for")
  func plot() throws {
    try CommandLineRun.inFolder { folder in
      for seed in ["1", "2"] {
        _ = try CommandLineRun(short + ["--seed", seed, "--output", seed], in: folder)
      }
      let picture = try CommandLineRun(["plot", "1", "2"], in: folder)
      #expect(picture.status == 0)
      #expect(picture.output == "written to learning-curve.svg\n")
      let svg = String(
        decoding: try content("learning-curve.svg", in: folder), as: UTF8.self)
      #expect(svg.hasPrefix("<svg") && svg.contains("means of 2 seeds"))
      #expect(svg.contains(">solved at 475<"))

      // One run is one run, by whatever names its folder is given.
      let twice = try CommandLineRun(
        ["plot", "1", "./1", folder.path + "/1/", "-o", "once.svg"], in: folder)
      #expect(twice.status == 0)
      #expect(
        try !String(decoding: content("once.svg", in: folder), as: UTF8.self).contains("means of"))

      let again = try CommandLineRun(["plot", "1", "--y", "balance"], in: folder)
      #expect(again.status == 1 && again.errors.contains("exists already"))
      let forced = try CommandLineRun(["plot", "1", "--y", "balance", "--force"], in: folder)
      #expect(forced.status == 0)
      for options in [
        ["--y", "losses"], ["--x", "seconds"], ["--y", "charts/SPS,eval/mean_return"],
      ] {
        let run = try CommandLineRun(["plot", "1", "-o", "\(UUID()).svg"] + options, in: folder)
        #expect(run.status == 0, "\(run.errors)")
      }
    }
  }

  @Test(
    "that cannot be drawn are refused in a sentence",
    arguments: [
      (["plot", "nowhere"], 1, "no readable nowhere/config.json"),
      (["plot"], 64, "run"),
      (["plot", "nowhere", "--x", "hours"], 64, "hours"),
      (["plot", "nowhere", "-o", "curve.png"], 64, "must end in .svg"),
    ] as [([String], Int32, String)])
  func explainMistakes(arguments: [String], status: Int32, part: String) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(arguments, in: folder)
      #expect(run.status == status)
      #expect(run.errors.contains(part), "\(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}

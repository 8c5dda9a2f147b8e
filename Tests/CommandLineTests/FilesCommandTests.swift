import Foundation
import StoredFiles
import Testing

@Suite("Files, names and terminals, from the command line")
struct FilesCommandTests {
  private let train = [
    "train", "--env", "cartpole", "--preset", "rl-zoo", "--update-epochs", "1", "--quiet",
    "--hidden-sizes", "8",
  ]
  private var short: [String] { train + ["--total-timesteps", "256", "--output", "run"] }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("a program in the place of ffmpeg that ends well and writes half a file leaves nothing")
  func refusesHalfVideos() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(short, in: folder).status == 0)
      let bin = folder.appendingPathComponent("bin")
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      let program = bin.appendingPathComponent("ffmpeg")
      try Data(
        "#!/bin/sh\ncat >/dev/null\nfor last; do :; done\nprintf 'GIF89a half' >\"$last\"\n".utf8
      ).write(to: program)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
      let before = try names(folder)
      for name in ["a.mp4", "a.gif", "a.png"] {
        let run = try CommandLineRun(
          ["record", "run", "-o", name, "--size", "64x64"], in: folder,
          environment: ["PATH": bin.path + ":/usr/bin:/bin"])
        #expect(run.status == 1 && run.errors.contains("has not written"), "\(run.errors)")
      }
      #expect(try names(folder) == before)
    }
  }

  @Test("numbered pictures overwrite none, and dangling links are not written through")
  func overwritesNothing() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(short, in: folder).status == 0)
      let picture = folder.appendingPathComponent("n-0002.png")
      try Data("mine".utf8).write(to: picture)
      for name in ["dangling.svg", "dangling.mp4"] {
        try FileManager.default.createSymbolicLink(
          atPath: folder.appendingPathComponent(name).path, withDestinationPath: "nowhere")
      }
      for arguments in [
        ["record", "run", "-o", "n.png"], ["record", "run", "-o", "dangling.svg"],
        ["record", "run", "-o", "dangling.mp4"], ["plot", "run", "-o", "dangling.svg"],
      ] {
        let run = try CommandLineRun(arguments, in: folder)
        #expect(run.status == 1 && run.errors.contains("exists already"), "\(run.errors)")
      }
      #expect(try Data(contentsOf: picture) == Data("mine".utf8))
      #expect(!(try names(folder)).contains("nowhere"))
    }
  }

  @Test("what came from a file is shown without its control characters")
  func showsControls() throws {
    try CommandLineRun.inFolder { folder in
      let evil = "a\u{1B}]0;x\u{7}\u{9B}1m\u{202E}\u{7F}"
      let content = try JSONEncoder().encode(["env": evil])
      try content.write(to: folder.appendingPathComponent("my.json"))
      try JSONEncoder().encode([evil: "cartpole"])
        .write(to: folder.appendingPathComponent("key.json"))
      for arguments in [
        ["train", "--config", "my.json"], ["train", "--config", "key.json"],
        ["train", "--env", evil], ["train", "--\(evil)"], [evil], ["evaluate", evil],
        ["train", "--env", "cartpole", "--balancer", evil], ["plot", evil],
        ["train", "--env", "cartpole", "--gamma", evil], ["train", "--resume", evil],
      ] {
        let run = try CommandLineRun(arguments, in: folder)
        #expect(run.status != 0)
        let controls = run.errors.unicodeScalars.filter {
          $0 != "\n" && [.control, .format].contains($0.properties.generalCategory)
        }
        #expect(controls.isEmpty, "\(arguments): \(controls.map(\.value))")
      }
      let forged = try CommandLineRun(["train", "--x\nppo: forged=3"], in: folder)
      #expect(!forged.errors.split(separator: "\n").contains { $0.hasPrefix("ppo: forged") })
    }
  }

  @Test("two comparisons in one folder do not run at once")
  func comparesOnce() throws {
    try CommandLineRun.inFolder { folder in
      let arguments = [
        "compare", "--env", "cartpole", "--balancers", "fixed", "--seeds", "1", "--output", "all",
        "--total-timesteps", "100000000", "--quiet",
      ]
      let first = Process()
      first.executableURL = CommandLineRun.program
      first.currentDirectoryURL = folder
      first.arguments = arguments
      try first.run()
      defer {
        first.terminate()
        first.waitUntilExit()
      }
      let table = folder.appendingPathComponent("all/runs/fixed-seed-1/progress.csv").path
      while !FileManager.default.fileExists(atPath: table) { Thread.sleep(forTimeInterval: 0.01) }
      let second = try CommandLineRun(arguments, in: folder)
      #expect(second.status == 1)
      #expect(second.errors.contains("Another program is training in all"), "\(second.errors)")
    }
  }

  @Test("a run whose folder was moved ends, and touches nothing of the one that has its name")
  func noticesMovedFolders() throws {
    try CommandLineRun.inFolder { folder in
      let arguments = train + ["--output", "run", "--checkpoint-seconds", "0"]
      let first = Process()
      first.executableURL = CommandLineRun.program
      first.currentDirectoryURL = folder
      first.arguments = arguments + ["--total-timesteps", "100000000"]
      let errors = Pipe()
      first.standardError = errors
      try first.run()
      let checkpoint = folder.appendingPathComponent("run/checkpoint.safetensors").path
      while !FileManager.default.fileExists(atPath: checkpoint) {
        Thread.sleep(forTimeInterval: 0.01)
      }
      let files = FileManager.default
      try files.moveItem(atPath: folder.path + "/run", toPath: folder.path + "/moved")
      let second = try CommandLineRun(
        arguments + ["--total-timesteps", "256", "--seed", "9"], in: folder)
      #expect(second.status == 0, "\(second.errors)")
      let expected = try Data(contentsOf: URL(fileURLWithPath: checkpoint))
      let said = try errors.fileHandleForReading.readToEnd() ?? Data()
      first.waitUntilExit()
      #expect(first.terminationStatus == 1)
      #expect(String(decoding: said, as: UTF8.self).contains("no longer at run"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: checkpoint)) == expected)
      #expect(try CommandLineRun(["evaluate", "moved", "--episodes", "1"], in: folder).status == 0)
    }
  }

  private func shell(_ command: String, in folder: URL) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = folder
    let ppo = "ppo() { '\(CommandLineRun.program.path)' \"$@\"; }"
    process.arguments = ["-c", "\(ppo); { \(command); } >output 2>errors"]
    try process.run()
    process.waitUntilExit()
    let errors = try String(contentsOf: folder.appendingPathComponent("errors"), encoding: .utf8)
    return (process.terminationStatus, errors)
  }

  @Test("with too few open files there is one sentence, and no folder", arguments: 5...14)
  func needsOpenFiles(count: Int) throws {
    try CommandLineRun.inFolder { folder in
      let words = short.joined(separator: " ")
      let run = try shell("ulimit -n \(count) && ppo \(words)", in: folder)
      #expect(run.status == 1 && run.errors.contains("ulimit -n"), "\(run.errors)")
      #expect(try names(folder) == ["errors", "output"])
    }
  }

  @Test("a picture that replaces a file neither waits for a pipe nor follows a link")
  func replacesPictures() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(short, in: folder).status == 0)
      try Data("mine".utf8).write(to: folder.appendingPathComponent("mine.svg"))
      let run = try shell(
        """
        mkfifo pipe.svg; ln -s mine.svg linked.svg
        ppo plot run -o pipe.svg --force && ppo plot run -o linked.svg --force
        """, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      for name in ["pipe.svg", "linked.svg"] {
        let picture = try String(
          contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        #expect(picture.hasPrefix("<svg"))
      }
      let mine = try Data(contentsOf: folder.appendingPathComponent("mine.svg"))
      #expect(mine == Data("mine".utf8))
    }
  }

  @Test("a recording that is stopped, at whatever it is, says so and writes nothing")
  func stopsRecordings() throws {
    try CommandLineRun.inFolder { folder in
      let trained = try CommandLineRun(
        [
          "train", "--env", "acrobot", "--total-timesteps", "256", "--num-envs", "2", "--num-steps",
          "64", "--minibatch-size", "64", "--eval-every", "0", "--output", "run", "--quiet",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      for seconds in ["0.3", "2"] {
        let run = try shell(
          """
          '\(CommandLineRun.program.path)' record run -o a.svg --episodes 100 --stochastic &
          sleep \(seconds); kill -TERM $!; wait $!
          """, in: folder)
        #expect(run.status == 130 && run.errors.contains("Interrupted"), "\(run.errors)")
        #expect(try !names(folder).contains("a.svg"))
      }
    }
  }

  @Test("a configuration that is much too large is refused at once")
  func refusesLargeConfigurations() throws {
    try CommandLineRun.inFolder { folder in
      let name = String(repeating: "x", count: 2 << 20)
      try Data(#"{"env": "\#(name)"}"#.utf8).write(to: folder.appendingPathComponent("my.json"))
      let run = try CommandLineRun(["train", "--config", "my.json"], in: folder)
      #expect(run.status == 64 && run.errors.contains("1048576 bytes"), "\(run.errors)")
    }
  }

  @Test("an output that is a folder is told of in a sentence")
  func refusesFolders() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(short, in: folder).status == 0)
      try makeFolders(to: folder.appendingPathComponent("out.svg"))
      let run = try CommandLineRun(["plot", "run", "-o", "out.svg", "--force"], in: folder)
      #expect(run.status == 1 && run.errors.contains("it is a folder"), "\(run.errors)")
    }
  }
}

import Foundation
import Testing

@Suite("Recording and watching, from the command line")
struct RecordAndWatchTests {
  /// A run of a moment, in a folder of its own.
  private func withRun(_ body: (URL) throws -> Void) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(
        [
          "train", "--env", "cartpole", "--preset", "rl-zoo", "--total-timesteps", "256",
          "--update-epochs", "1",
          "--output", "run",
        ], in: folder)
      try #require(run.status == 0)
      try body(folder)
    }
  }

  @Test("Records the first episode of an evaluation as SVG")
  func recordsSVG() throws {
    try withRun { folder in
      let record = try CommandLineRun(
        ["record", "run", "-o", "rollout.svg", "--seed", "4"], in: folder)
      #expect(record.status == 0)
      #expect(record.output.contains("written to rollout.svg"))
      let text = try String(
        contentsOf: folder.appendingPathComponent("rollout.svg"), encoding: .utf8)
      #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
      let evaluation = try CommandLineRun(
        ["evaluate", "run", "--episodes", "1", "--seed", "4", "--json"], in: folder)
      let mean = try #require(evaluation.json?["mean_return"] as? Double)
      #expect(record.output.contains("CartPole-v1: return \(Int(mean)).00 in \(Int(mean)) steps"))
      // The same episode gives the same file; and nothing is overwritten.
      let again = try CommandLineRun(
        ["record", "run", "-o", "rollout.svg", "--seed", "4"], in: folder)
      #expect(again.status == 1 && again.errors.contains("exists already"))
      let copy = try CommandLineRun(
        ["record", "run", "-o", "copy.svg", "--seed", "4"], in: folder)
      #expect(copy.status == 0)
      #expect(
        try String(contentsOf: folder.appendingPathComponent("copy.svg"), encoding: .utf8) == text)
    }
  }

  @Test("Says in a sentence why it cannot record")
  func explainsRecordings() throws {
    try withRun { folder in
      let cases: [([String], Int32, String)] = [
        (["run", "-o", "rollout.avi"], 64, "must end in .svg"),
        (["run", "-o", "rollout.svg", "--episodes", "0"], 64, "--episodes is 0"),
        (["run", "-o", "rollout.svg", "--size", "100x31"], 64, "100x31"),
        (["nowhere", "-o", "rollout.svg"], 1, "no readable checkpoint"),
        (["run", "-o", "no/such/folder/rollout.svg"], 1, "cannot be written"),
        (["run"], 64, "--output"),
      ]
      for (arguments, status, part) in cases {
        let run = try CommandLineRun(["record"] + arguments, in: folder)
        #expect(run.status == status && run.errors.contains(part), "\(arguments): \(run.errors)")
      }
    }
  }

  @Test("Without ffmpeg it says what to do", arguments: ["mp4", "gif", "png"])
  func needsEncoder(format: String) throws {
    try withRun { folder in
      let run = try CommandLineRun(
        ["record", "run", "-o", "rollout.\(format)"], in: folder, environment: ["PATH": "/nowhere"])
      #expect(run.status == 1)
      #expect(run.errors.contains("ffmpeg, which is not installed"), "\(run.errors)")
    }
  }

  @Test("Gives ffmpeg every picture, and passes on what it says if it fails")
  func usesEncoder() throws {
    try withRun { folder in
      // In the place of ffmpeg something that counts what it is given.
      let bin = folder.appendingPathComponent("bin")
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      let program = bin.appendingPathComponent("ffmpeg")
      // The smallest file that has all boxes of a video.
      let video = #"printf '\0\0\0\10ftyp\0\0\0\10moov\0\0\0\10mdat'"#
      let script = """
        #!/bin/sh
        echo "$@" > arguments; wc -c > count
        for last; do :; done; \(video) > "$last"

        """
      try script.write(to: program, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
      let path = bin.path + ":/usr/bin:/bin"
      let run = try CommandLineRun(
        ["record", "run", "-o", "rollout.mp4", "--size", "64x64"], in: folder,
        environment: ["PATH": path])
      #expect(run.status == 0, "\(run.errors)")
      func content(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      }
      let bytes = try #require(
        Int(content("count").trimmingCharacters(in: .whitespacesAndNewlines)))
      // 50 pictures a second: one for each step and for the beginning, and 25 that stay.
      let steps = try #require(
        run.output.firstMatch(of: #/in (\d+) steps/#).flatMap { Int($0.output.1) })
      #expect(bytes == (steps + 1 + 25) * 64 * 64 * 4)
      let arguments = try content("arguments")
      #expect(arguments.contains("-video_size 64x64 -framerate 50.0"))

      try "#!/bin/sh\necho 'no such codec' >&2; exit 1\n".write(
        to: program, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
      let failed = try CommandLineRun(
        ["record", "run", "-o", "other.gif"], in: folder, environment: ["PATH": path])
      #expect(failed.status == 1)
      #expect(failed.errors.contains("ffmpeg failed: no such codec"), "\(failed.errors)")
    }
  }

  @Test("Asks for a run, or for a person and an environment with choices")
  func explainsWatching() throws {
    try CommandLineRun.inFolder { folder in
      let cases: [([String], Int32, String)] = [
        ([], 64, "--human with --env"),
        (["run", "--human", "--env", "cartpole"], 64, "--human with --env"),
        (["--human"], 64, "--human with --env"),
        (["--human", "--env", "pendulum"], 64, "those of CartPole-v1"),
        (["--human", "--env", "cartpoel"], 64, "CartPole-v1"),
        (["nowhere"], 1, "no readable checkpoint"),
      ]
      for (arguments, status, part) in cases {
        let run = try CommandLineRun(["watch"] + arguments, in: folder)
        #expect(run.status == status && run.errors.contains(part), "\(arguments): \(run.errors)")
      }
    }
  }

  @Test(
    "Without a window it says what to do, and trains nothing",
    arguments: [
      ["watch", "--human", "--env", "cartpole"], ["train", "--env", "cartpole", "--watch"],
    ])
  func needsWindow(arguments: [String]) throws {
    #if Viewer
      let reason = "no display"
    #else
      let reason = "--traits Viewer"
    #endif
    try CommandLineRun.inFolder { folder in
      // SDL's driver that draws where nobody sees it.
      let run = try CommandLineRun(
        arguments, in: folder, environment: ["SDL_VIDEODRIVER": "dummy"])
      #expect(run.status == 1)
      #expect(run.errors.contains(reason), "\(run.errors)")
      #expect(run.errors.contains("ppo record"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}

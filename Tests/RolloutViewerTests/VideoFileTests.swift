import Foundation
import Testing

@testable import RolloutViewer

@Suite("Videos by another program")
struct VideoFileTests {
  @Test("A program that ends early gives an error, and signals stay as they were")
  func survivesAnEarlyEnd() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("ffmpeg-\(ProcessInfo.processInfo.processIdentifier)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let program = folder.appendingPathComponent("ffmpeg")
      try Data("#!/bin/sh\necho this build writes nothing >&2\nexit 3\n".utf8).write(to: program)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
      setenv("PATH", folder.path, 1)
      let file = try VideoFile(folder.appendingPathComponent("film.mp4"), format: .mp4)
      let picture = Picture(
        size: PicturePoint(640, 480), background: Palette.panel, layers: [[]])
      do {
        // More than a pipe holds, so that some of it is written when nothing reads any more.
        try file.write(
          Array(repeating: picture, count: 20), perSecond: 20, width: 640, height: 480)
        exit(1)
      } catch {
        guard "\(error)".contains("this build writes nothing") else { exit(2) }
      }
      // A program that has not chosen otherwise is still ended by the signal.
      let before = unsafeBitCast(signal(SIGPIPE, SIG_DFL), to: Int.self)
      exit(before == unsafeBitCast(SIG_DFL, to: Int.self) ? 0 : 3)
    }
  }

  @Test("How a program ended is told, and what the process does about its end stays as it was")
  func tellsHowItEnded() async {
    await #expect(processExitsWith: .success) {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("child-\(ProcessInfo.processInfo.processIdentifier)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      func ending(_ command: String) throws -> ChildProcess.Ending {
        let errors = folder.appendingPathComponent(UUID().uuidString)
        let shell = URL(fileURLWithPath: "/bin/sh")
        return try ChildProcess(shell, ["-c", command], errors: errors).finish(until: { false })
      }
      guard try ending("exit 3") == .status(3) else { exit(1) }
      guard try ending("kill -XFSZ $$") == .signal(SIGXFSZ) else { exit(2) }
      signal(SIGCHLD, SIG_IGN)
      guard try ending("exit 3") == .unknown else { exit(3) }
      let after = unsafeBitCast(signal(SIGCHLD, SIG_DFL), to: Int.self)
      exit(after == unsafeBitCast(SIG_IGN, to: Int.self) ? 0 : 4)
    }
  }

  @Test("Writing to a pipe without a reader fails, and raises no signal afterwards")
  func writesToAClosedPipe() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let isWritten: Void? = withoutBrokenPipeSignal {
        try? pipe.fileHandleForWriting.write(contentsOf: Data([1]))
      }
      exit(isWritten == nil ? 0 : 1)
    }
  }
}

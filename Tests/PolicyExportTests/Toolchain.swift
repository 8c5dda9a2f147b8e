import Foundation

/// A compiler with options, and what runs its programs.
struct Toolchain: Sendable, CustomStringConvertible {
  let compiler: String
  let options: [String]
  var runner: [String] = []

  var description: String { ([compiler] + options).joined(separator: " ") }

  private static let warnings = ["-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Werror"]
  private static let c99 = ["-std=c99"] + warnings
  private static let cpp = ["-x", "c++"] + warnings

  private static let wanted = [
    Toolchain(compiler: "clang", options: c99 + ["-O2"]),
    Toolchain(compiler: "clang", options: c99 + ["-O3", "-march=native"]),
    Toolchain(compiler: "clang", options: cpp + ["-O0"]),
    Toolchain(compiler: "gcc", options: c99 + ["-O2"]),
    Toolchain(compiler: "gcc", options: c99 + ["-O0", "-march=native"]),
    // Outside of its strict modes GCC fuses what is not to be fused, unless a file says otherwise.
    Toolchain(compiler: "gcc", options: ["-std=gnu11"] + warnings + ["-O3", "-march=native"]),
    Toolchain(compiler: "g++", options: cpp + ["-O2", "-march=native"]),
    Toolchain(
      compiler: "aarch64-linux-gnu-gcc", options: c99 + ["-O2", "-static"],
      runner: ["qemu-aarch64"]),
    Toolchain(
      compiler: "aarch64-linux-gnu-gcc", options: ["-std=gnu11"] + warnings + ["-O3", "-static"],
      runner: ["qemu-aarch64"]),
    Toolchain(
      compiler: "arm-linux-gnueabihf-gcc", options: c99 + ["-O2", "-static"], runner: ["qemu-arm"]),
    Toolchain(
      compiler: "arm-linux-gnueabihf-gcc",
      options: c99 + ["-O2", "-static", "-mfpu=neon-vfpv4"], runner: ["qemu-arm"]),
  ]

  /// Those whose programs run on this machine.
  static let available = wanted.filter { toolchain in
    if toolchain.isUsable { return true }
    FileHandle.standardError.write(
      Data("\(toolchain) is not tried: it, its C library or its emulator is not installed.\n".utf8))
    return false
  }

  /// Whether an empty program compiles and runs.
  private var isUsable: Bool {
    let ran = try? withTemporaryFolder { folder in
      try Data("#include <stdio.h>\nint main(void) { return 0; }\n".utf8)
        .write(to: folder.appendingPathComponent("empty.c"))
      let compiled = try Self.run([compiler] + options + ["empty.c", "-o", "empty"], in: folder)
      if compiled.status != 0 { return false }
      return try Self.run(runner + ["./empty"], in: folder).status == 0
    }
    return ran ?? false
  }

  /// Runs a program and gives its status and all that it printed.
  @discardableResult
  static func run(_ words: [String], in folder: URL) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

/// Calls a function with a new folder that is removed then.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

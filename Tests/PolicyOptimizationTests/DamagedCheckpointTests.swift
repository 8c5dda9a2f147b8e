import ControlEnvironments
import Foundation
import StoredFiles
import TestSupport
import Testing

@testable import PolicyOptimization

@Suite("A damaged checkpoint")
struct DamagedCheckpointTests {
  private func intact() throws -> Data {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 40
    hyperparameters.environmentCount = 2
    hyperparameters.stepsPerRollout = 20
    hyperparameters.minibatchSize = 40
    hyperparameters.hiddenSizes = [3]
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1)
    try trainer.train()
    return try trainer.checkpoint.file.data
  }

  /// Whether a checkpoint is refused, with a sentence, before anything is made of it.
  private func isRefused(_ file: Data) -> Bool {
    do {
      let checkpoint = try Checkpoint(file)
      _ = try Trainer(CartPole(), resuming: checkpoint, threads: 1)
      return false
    } catch {
      return "\(error)".hasSuffix(".")
    }
  }

  @Test("is refused wherever it is cut off")
  func cutOff() throws {
    let file = try intact()
    #expect(!isRefused(file))
    for length in stride(from: 0, to: file.count, by: 61) {
      #expect(isRefused(file.prefix(length)), "after \(length) bytes")
    }
    #expect(isRefused(file.dropLast()))
  }

  @Test("is refused wherever a bit is flipped, or says the same as before")
  func flipped() throws {
    let file = try intact()
    let expected = try Safetensors(file)
    for position in stride(from: 0, to: file.count, by: 7) {
      var damaged = file
      damaged[position] ^= 1 << (position % 8)
      if isRefused(damaged) { continue }
      // A bit in the name of the checksum, or white space for white space.
      var read = try Safetensors(damaged)
      for key in read.metadata.keys where expected.metadata[key] == nil {
        read.metadata[key] = nil
      }
      read.metadata["checksum"] = expected.metadata["checksum"]
      #expect(read.data == file, "at byte \(position)")
    }
  }

  @Test("whose numbers are impossible is refused, though its checksum is gone")
  func impossibleNumbers() throws {
    let file = try Safetensors(intact())
    for (key, old, new) in [
      ("episodes", "\"count\":", "\"count\":9223372036854775807,\"was\":"),
      ("progress", "\"minibatches\":", "\"minibatches\":9223372036854775807,\"was\":"),
      ("progress", "\"iteration\":", "\"iteration\":-1,\"was\":"),
      ("progress", "\"weights\":[", "\"weights\":[\"nan\","),
    ] {
      var damaged = file
      damaged.metadata["checksum"] = nil
      let text = try #require(damaged.metadata[key])
      damaged.metadata[key] = text.replacingOccurrences(of: old, with: new)
      #expect(damaged.metadata[key] != text)
      #expect(isRefused(damaged.data), "\(key): \(old)")
    }
    for name in ["policy.0.weight", "optimizer.second", "optimizer.firstPower"] {
      var damaged = file
      damaged.metadata["checksum"] = nil
      let array = try #require(damaged.arrays[name])
      damaged.arrays[name] =
        array.floats.map { .init($0.map { _ in Float.nan }, shape: array.shape) }
        ?? array.doubles.map { .init($0.map { _ in Double.nan }, shape: array.shape) }
      #expect(isRefused(damaged.data), "\(name)")
    }
  }

  @Test("that claims many environments or parameters is refused before they are made")
  func claims() throws {
    for (old, new) in [
      ("\"num-envs\":2,", "\"num-envs\":1048576,"),
      ("\"hidden-sizes\":[3]", "\"hidden-sizes\":[16384,16384]"),
    ] {
      var damaged = try Safetensors(intact())
      damaged.metadata["checksum"] = nil
      let text = try #require(damaged.metadata["hyperparameters"])
      let changed = text.replacingOccurrences(of: old, with: new)
        .replacingOccurrences(of: "\"total-timesteps\":40", with: "\"total-timesteps\":40000000")
      #expect(changed != text, "\(text)")
      damaged.metadata["hyperparameters"] = changed
      let before = Self.peakMemory
      #expect(isRefused(damaged.data), "\(new)")
      #expect(Self.peakMemory - before < 256 << 20, "\(new)")
    }
  }

  /// The most bytes that the process has had in memory.
  private static var peakMemory: Int {
    var usage = rusage()
    #if canImport(Darwin)
      let (who, unit) = (RUSAGE_SELF, 1)
    #else
      let (who, unit) = (__rusage_who_t(RUSAGE_SELF.rawValue), 1 << 10)
    #endif
    getrusage(who, &usage)
    return usage.ru_maxrss * unit
  }

  @Test("whose arrays overlap or leave gaps is refused")
  func overlapping() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[X]}}"#
    for (offsets, isGood) in [("4,8", true), ("0,4", false), ("5,9", false)] {
      let file = file(
        header.replacingOccurrences(of: "X", with: offsets), Array(repeating: 0, count: 8))
      let isRead = (try? Safetensors(file)) != nil
      #expect(isRead == isGood, "\(offsets)")
    }
  }

  @Test("that names an array twice is refused")
  func namedTwice() throws {
    let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    let twice = #","a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    #expect(try Safetensors(file(header + "}", [0, 0, 0, 0])).arrays.count == 1)
    let error = #expect(throws: Safetensors.FormatError.self) {
      try Safetensors(file(header + twice, [0, 0, 0, 0]))
    }
    #expect(error?.description.contains("two entries of the same name") == true)
    // Colons in names do not count, nor do quotes that are escaped.
    let names = #"{"a\":\\":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    #expect(try Safetensors(file(names, [0, 0, 0, 0])).arrays.keys.first == #"a":\"#)
  }

  private func file(_ header: String, _ body: [UInt8]) -> Data {
    let size = UInt64(header.utf8.count)
    return Data((0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) })
      + Data(header.utf8) + Data(body)
  }
}

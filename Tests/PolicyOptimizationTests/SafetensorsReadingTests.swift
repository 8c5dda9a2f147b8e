import ControlEnvironments
import Foundation
import StoredFiles
import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

@Suite(
  "Python's safetensors",
  .enabled(if: Python.has("safetensors.numpy"), "Python has no package safetensors with NumPy."))
struct SafetensorsReadingTests {
  private struct Content: Decodable {
    struct Array: Decodable {
      let shape: [Int]
      let kind: String
      let sum: Double
    }
    let metadata: [String: String]
    let arrays: [String: Array]
  }

  @Test("reads every array of a checkpoint, the weights under their own names")
  func readsCheckpoint() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 4_096
    hyperparameters.normalizesObservations = true
    let trainer = try Trainer(CartPole(), hyperparameters, seed: 3, threads: 1)
    try trainer.train()
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    try trainer.checkpoint.write(to: url)

    let printed = try Python.run(fixture: "Safetensors/read.py", [url.path])
    let content = try JSONDecoder().decode(Content.self, from: printed)
    let ours = try Safetensors(Data(contentsOf: url))
    #expect(Set(content.arrays.keys) == Set(ours.arrays.keys))
    #expect(content.metadata == ours.metadata)
    for slice in trainer.network.layout.slices {
      let array = try #require(content.arrays[slice.name], "\(slice.name)")
      #expect(array.shape == (0..<slice.shape.rank).map { slice.shape[$0] })
      #expect(array.kind == "float32")
      let weights = trainer.policy.parameters.array[slice.offset..<slice.offset + slice.shape.count]
      let sum = weights.reduce(0.0) { $0 + Double($1) }
      #expect(abs(array.sum - sum) <= 1e-9 * Double(weights.count))
    }
  }
}

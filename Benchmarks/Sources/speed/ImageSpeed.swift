import EnvironmentKit
import PolicyOptimization
import TensorCore

/// The encoder `nature` over images of 84 × 84 × 4: a minibatch forwards, and backwards to the weights
/// and to all images but the first, beside the peak of the processor.
struct ImageSpeed {
  let journal: Journal
  let threads: [Int]

  private static let rows = 256
  /// Multiply-adds of one image in the three convolutions, the layer of 512 units and both heads.
  private static let products = [
    20 * 20 * 32 * 8 * 8 * 4, 9 * 9 * 64 * 4 * 4 * 32, 7 * 7 * 64 * 3 * 3 * 64, 3136 * 512, 512 * 7,
  ]
  /// Forwards, for the weights, and, but for the first layer, for what it looks at.
  private static let operations =
    2.0 * Double(rows * (3 * products.reduce(0, +) - products[0]))

  func measure() throws {
    for threads in threads { try measure(threads: threads) }
  }

  private func measure(threads: Int) throws {
    let layout = ObservationLayout([
      .init("", shape: [84, 84, 4], element: .uint8, lowest: 0, highest: 255)
    ])
    let network = try ActorCritic(observations: layout, actionSpace: .discrete(count: 6))
    let parameters = Buffer(count: network.layout.count)
    network.initialize(parameters, seed: 1)
    let images = Buffer((0..<Self.rows * layout.count).map { Float($0 * 37 % 256) })
    let gradient = Buffer(count: network.layout.count)
    let loss = CompositeLoss(
      termCount: 1, parameterCount: network.layout.count, pool: WorkerPool(count: threads),
      layout: network.layout)
    let once = {
      loss.gradient([1], rows: Self.rows, at: parameters, into: gradient) { tape, rows in
        let observations = tape.constant(
          images, from: rows.lowerBound * layout.count, shape: [rows.count, layout.count])
        let output = network(observations, on: tape)
        tape.addTerm(square(output.value) + output.policy.entropy())
      }
    }
    try journal.measure(
      "nature encoder, forwards and backwards", setting: "\(Self.rows) images", unit: "GFLOP/s",
      threads: threads
    ) { _ in
      let peak = Machine.peak(threads: threads)
      let rate = Self.operations / elapsed(once) / 1e9
      return (rate, rate / peak)
    }
  }
}

import CKernels
import Requirements

/// Losses that are added up, as a function of the parameters with K values, `L(θ) ∈ ℝᴷ`.
///
/// Each value is a mean over the B rows of a minibatch. A forward pass computes the values; its
/// pullback turns any weights `w ∈ ℝᴷ` into the gradient `Σ wᵢ ∇Lᵢ`, any number of times:
///
///     loss.forward(rows: 256, at: parameters) { tape, rows in
///       tape.addTerm(…)                        // one number for each row
///       tape.addTerm(…)
///     }
///     loss.pullback([1, 0.5], into: gradient)  // ∇(L₀ + ½ L₁)
///
/// The rows are cut into blocks of a fixed size, each small enough for the cache of one core, and
/// several blocks are worked on at once. Sums over blocks are taken in an order that depends on their
/// number alone, so the result is the same to the bit on any number of threads.
public final class CompositeLoss {
  /// What computes the losses of some rows: it records their terms on the tape.
  ///
  /// It runs on several threads at once, each with a tape of its own, so it must write nothing that
  /// is not apart for each row.
  public typealias Body = (_ tape: Tape, _ rows: Range<Int>) -> Void

  /// How many threads compute a minibatch at most; more only take part in what else a pool is for.
  ///
  /// The blocks are added up in so many sums, whatever the number of threads: each sum costs as much
  /// memory as the parameters, and their number decides in which order is added, hence the bits.
  public static let mostThreads = PairwiseSum.capacity

  /// The number of rows of a block where no sequence is to stay whole. A layer of 64 numbers a row
  /// then takes 32 KiB.
  public static let rowsPerBlock = 128
  /// The same where the parameters are so many that they, and not the rows, fill the caches: the
  /// gradient of a block is added to that of others in memory, which is to be worth its while.
  static let rowsPerWideBlock = 512
  /// From so many parameters on.
  static let wideParameterCount = 1 << 20

  /// The number of losses, K.
  public let termCount: Int
  /// The values of the losses at the last forward pass, `[K]`.
  public private(set) var values: [Double]
  /// The means of the absolute values of the rows' losses at the last forward pass, `[K]`.
  public private(set) var magnitudes: [Double]

  /// The number of rows of a block: whole sequences.
  public let rowsPerBlock: Int

  let parameterCount: Int
  private let packedWeights: PackedWeights?
  let pool: WorkerPool
  var tapes: [Tape] = []
  var holdsForwardPass = false
  var blocks: Blocks
  private var sums: [Double] = []
  /// The gradients of all lanes but the first, whose gradient becomes the sum.
  var otherLanes = Buffer(count: 0)
  let laneSum = PairwiseSum()
  /// The gradients at the features, `[blocks, K, featureWidth]`, and whether they belong to the last
  /// forward pass.
  var featureSums = Buffer(count: 0)
  var featureWidth = 0
  var holdsFeatureSums = false
  /// Which losses are measured at the features; all of them if `nil`.
  var measuredTerms: [Bool]?
  /// How lanes are shared out among ranks; `nil` where each rank computes all of them.
  let exchange: LaneExchange?
  /// Numbers that the body writes beside the terms, one for each row, `[B]`: where ranks share a
  /// minibatch, each gets those of all rows.
  public var rowResults: [Buffer] = []

  /// Prepares for K losses of P parameters.
  ///
  /// - Parameters:
  ///   - termCount: K.
  ///   - parameterCount: P.
  ///   - pool: The threads.
  ///   - rowsPerSequence: How many rows belong together, so that a block holds all of them or none.
  ///   - layout: Where the parameters lie, so that the weights of layers are prepared once for all
  ///     blocks of a minibatch; `nil` if that is unknown.
  ///   - ranks: The ranks that share each minibatch, and call everything at the same time with the same
  ///     numbers; the results are those of one rank alone, to the bit.
  public init(
    termCount: Int, parameterCount: Int, pool: WorkerPool, rowsPerSequence: Int = 1,
    layout: ParameterLayout? = nil, sharedBy ranks: any RankGroup = SingleRank()
  ) {
    exchange = ranks.count > 1 ? LaneExchange(ranks) : nil
    require(
      rowsPerSequence > 0, "A sequence has at least 1 row; got \(rowsPerSequence).")
    // Of images the rows fill the caches, however many parameters there are.
    let hasConvolutions = layout?.slices.contains { $0.shape.rank == 4 } ?? false
    let rows =
      parameterCount < Self.wideParameterCount || hasConvolutions
      ? Self.rowsPerBlock : Self.rowsPerWideBlock
    rowsPerBlock = max(1, rows / rowsPerSequence) * rowsPerSequence
    blocks = Blocks(rows: 0, rowsPerBlock: rowsPerBlock)
    self.termCount = termCount
    self.parameterCount = parameterCount
    self.pool = pool
    packedWeights = layout.map { PackedWeights($0) }
    values = Array(repeating: 0, count: termCount)
    magnitudes = values
  }

  /// Computes the losses, keeping what their pullbacks need.
  ///
  /// - Parameters:
  ///   - rows: The number of rows, B.
  ///   - parameters: The parameters, `[P]`.
  ///   - terms: For which of the K losses ``featureGramian(into:)`` will be asked for, or `nil` if it
  ///     will not. Each block then takes their gradients at its features while it is in the cache.
  ///   - body: What computes the losses of some rows.
  public func forward(
    rows: Int, at parameters: Buffer, measuringFeaturesOf terms: [Bool]? = nil, _ body: Body
  ) {
    prepare(rows: rows, tapes: Blocks(rows: rows, rowsPerBlock: rowsPerBlock).count)
    packedWeights?.update(from: parameters)
    holdsForwardPass = true
    measuredTerms = terms
    holdsFeatureSums = terms != nil && reserveFeatureSums()
    let (blocks, tapes, measuresFeatures) = (blocks, tapes, holdsFeatureSums)
    let lanes = ownLanes
    sums.withUnsafeMutableBufferPointer { sums in
      // Each block has its own tape and its own places in the sums.
      pool.runUnchecked(lanes.count) { lane, _ in
        for block in blocks.inLane(lanes.lowerBound + lane) {
          tapes[block].reset(parameters: parameters, packed: self.packedWeights)
          body(tapes[block], blocks.rows(of: block))
          self.measure(tapes[block], into: sums, at: block)
          if measuresFeatures { self.measureFeatures(at: block) }
        }
      }
      shareResults(sums)
    }
    addMeasurements()
  }

  /// Computes the gradient of `Σ wᵢ Lᵢ` at the last forward pass.
  ///
  /// - Parameters:
  ///   - weights: `w`, `[K]`.
  ///   - gradient: Receives the gradient.
  ///   - row: Where in `gradient`: at the numbers from `row · P` on.
  /// - Precondition: There are K weights, the gradient has room, and the last pass was `forward`.
  public func pullback(_ weights: [Double], into gradient: Buffer, row: Int = 0) {
    require(holdsForwardPass, "There is no forward pass to pull back from.")
    check(weights, gradient, rows: row + 1)
    let (blocks, tapes) = (blocks, tapes)
    runLanes(into: gradient.pointer + row * parameterCount) { lane, _, sum in
      for block in blocks.inLane(lane) {
        self.pullback(tapes[block], weights, addingTo: sum)
      }
    }
  }

  /// Computes the losses and the gradient of `Σ wᵢ Lᵢ` for weights that are known beforehand.
  ///
  /// The same numbers as a forward pass and ``pullback(_:into:row:)``, but each block goes
  /// forwards and backwards while it is in the cache; `gradient` is written meanwhile.
  public func gradient(
    _ weights: [Double], rows: Int, at parameters: Buffer, into gradient: Buffer, _ body: Body
  ) {
    check(weights, gradient, rows: 1)
    // A block is done with before its thread takes the next, so a tape for each thread is enough; and
    // there is nothing left that could be pulled back later.
    prepare(rows: rows, tapes: pool.count)
    packedWeights?.update(from: parameters)
    holdsForwardPass = false
    let (blocks, tapes) = (blocks, tapes)
    sums.withUnsafeMutableBufferPointer { sums in
      // Each thread has its own tape, each block its own places in the sums.
      runLanes(into: gradient.pointer) { lane, worker, sum in
        for block in blocks.inLane(lane) {
          let tape = tapes[worker]
          tape.reset(parameters: parameters, packed: self.packedWeights)
          body(tape, blocks.rows(of: block))
          self.measure(tape, into: sums, at: block)
          self.pullback(tape, weights, addingTo: sum)
        }
      }
      shareResults(sums)
    }
    addMeasurements()
  }

  /// Computes the gradient of each loss with respect to all parameters, and their inner products.
  ///
  /// - Parameters:
  ///   - gradients: Receives the gradients, `[K, P]`.
  ///   - gramian: Receives `⟨gᵢ, gⱼ⟩`, `[K, K]`.
  public func gradients(into gradients: Buffer, gramian: inout [Double]) {
    for term in 0..<termCount {
      pullback(selections[term], into: gradients, row: term)
    }
    writeGramian(of: gradients.pointer, width: parameterCount, into: &gramian)
  }

  private lazy var selections: [[Double]] = (0..<termCount).map { term in
    (0..<termCount).map { $0 == term ? 1 : 0 }
  }

  private func check(_ weights: [Double], _ gradient: Buffer, rows: Int) {
    require(
      weights.count == termCount, "There are \(weights.count) weights for \(termCount) losses.")
    require(
      gradient.count >= rows * parameterCount,
      "A gradient of \(gradient.count) numbers cannot hold \(rows) × \(parameterCount).")
  }

  // MARK: Blocks

  private func prepare(rows: Int, tapes count: Int) {
    require(rows > 0, "A loss needs at least one row; got \(rows).")
    blocks = Blocks(rows: rows, rowsPerBlock: rowsPerBlock)
    // Memory only grows, so that minibatches of changing size allocate nothing after the largest.
    while tapes.count < count { tapes.append(Tape()) }
    if otherLanes.count < (blocks.lanes - 1) * parameterCount {
      otherLanes = Buffer(count: (blocks.lanes - 1) * parameterCount)
    }
    if sums.count < blocks.count * termCount * 2 {
      sums = Array(repeating: 0, count: blocks.count * termCount * 2)
    }
  }

  /// Notes the sums of a block's terms and of their absolute values.
  private func measure(_ tape: Tape, into sums: UnsafeMutableBufferPointer<Double>, at block: Int) {
    require(
      tape.terms.count == termCount,
      "The loss has \(termCount) terms; its body recorded \(tape.terms.count).")
    for (index, term) in tape.terms.enumerated() {
      guard let base = sums.baseAddress else { return }
      let rows = tape.node(at: term)
      let expected = blocks.rows(of: block).count
      require(
        rows.shape.count == expected,
        "Loss \(index) has the shape \(rows.shape); one number for each of \(expected) rows is needed."
      )
      ck_run_sums_f64(base + (block * termCount + index) * 2, rows.value, nil, rows.shape.count)
    }
  }

  private func addMeasurements() {
    for term in 0..<termCount {
      var (value, magnitude) = (0.0, 0.0)
      // One after another: few numbers, and the order must not depend on the threads.
      for block in 0..<blocks.count {
        value += sums[(block * termCount + term) * 2]
        magnitude += sums[(block * termCount + term) * 2 + 1]
      }
      values[term] = value / Double(blocks.rowCount)
      magnitudes[term] = magnitude / Double(blocks.rowCount)
    }
  }

  private func pullback(
    _ tape: Tape, _ weights: [Double], addingTo sum: UnsafeMutablePointer<Float>
  ) {
    tape.beginPullback(addingTo: sum)
    for (term, weight) in zip(tape.terms, weights) where weight != 0 {
      tape.seed(term, with: Float(weight / Double(blocks.rowCount)))
    }
    tape.runBackwards()
  }

  /// The threads that have shared out the last minibatch; `nil` if it was enough for one alone, in
  /// whose cache the gradient then is.
  public var sharingPool: WorkerPool? { blocks.lanes > 1 ? pool : nil }

  /// Computes the gradient of each lane and adds them up.
  ///
  /// - Parameters:
  ///   - gradient: Receives the sum.
  ///   - body: Adds the gradient of a lane to zeros.
  private func runLanes(
    into gradient: UnsafeMutablePointer<Float>,
    _ body: (_ lane: Int, _ worker: Int, _ sum: UnsafeMutablePointer<Float>) -> Void
  ) {
    if let sharing { return shareLanes(into: gradient, sharing, body) }
    let (count, laneSum) = (blocks.lanes, laneSum)
    nonisolated(unsafe) let vectors = PairwiseSum.Vectors(
      first: gradient, others: otherLanes.pointer, width: parameterCount)
    pool.runUnchecked(count) { lane, worker in
      vectors[lane].update(repeating: 0, count: vectors.width)
      body(lane, worker, vectors[lane])
      laneSum.finish(lane, of: count, in: vectors)
    }
  }

  func writeGramian(
    of rows: UnsafePointer<Float>, width: Int, into gramian: inout [Double]
  ) {
    for i in 0..<termCount {
      for j in 0...i {
        let product = Sums.product(rows + i * width, rows + j * width, count: width)
        gramian[i * termCount + j] = product
        gramian[j * termCount + i] = product
      }
    }
  }
}

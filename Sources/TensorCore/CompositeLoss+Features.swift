import CKernels
import Requirements

// The gradients of single losses at the features: the variables that the body gave to
// ``Tape/addFeatures(_:)``, usually the outputs of the last hidden layers. Only what follows them
// runs backwards.

extension CompositeLoss {
  /// Whether the last forward pass recorded features.
  public var hasFeatures: Bool {
    holdsForwardPass && tapes[firstBlock].featureWidth > 0
  }

  /// Computes the inner products of the losses' gradients with respect to the features.
  ///
  /// The gradient at the features is that of the batch, `Σ ∂Lᵢ/∂h` over the rows.
  ///
  /// - Parameter gramian: Receives `⟨gᵢ, gⱼ⟩`, `[K, K]`; zero for losses that the forward pass was
  ///   asked not to measure.
  /// - Precondition: The last forward pass recorded features in every block.
  public func featureGramian(into gramian: inout [Double]) {
    require(holdsForwardPass, "There is no forward pass to pull back from.")
    let width = tapes[firstBlock].featureWidth
    require(width > 0, "The forward pass recorded no features to take gradients at.")
    if !holdsFeatureSums || width != featureWidth { measureFeatures(width: width) }
    let (total, stride) = (featureSums.pointer, termCount * width)
    ck_run_sum_vectors(total, total, blocks.count, stride, stride)
    holdsFeatureSums = false
    writeGramian(of: total, width: width, into: &gramian)
  }

  private func measureFeatures(width: Int) {
    featureWidth = width
    _ = reserveFeatureSums()
    let (blocks, lanes) = (blocks, ownLanes)
    // Each block has its own tape and its own features.
    nonisolated(unsafe) let loss = self
    pool.run(lanes.count) { lane, _ in
      for block in blocks.inLane(lanes.lowerBound + lane) { loss.measureFeatures(at: block) }
    }
    sharing?.gather([featureResults], of: blocks)
  }

  /// Takes the gradients of all losses at the features of one block.
  func measureFeatures(at block: Int) {
    let (tape, width) = (tapes[block], featureWidth)
    // A body that records other features than last time has its gradients taken afterwards.
    guard tape.featureWidth == width else { return }
    for term in 0..<termCount {
      let sums = featureSums.pointer + (block * termCount + term) * width
      if measuredTerms?[term] ?? true {
        tape.pullbackToFeatures(term, weight: 1 / Float(blocks.rowCount))
        tape.sumFeatureGradients(into: sums)
      } else {
        sums.update(repeating: 0, count: width)
      }
    }
  }

  /// Makes room for the gradients at the features of all blocks.
  ///
  /// - Returns: Whether it is known how many features there are.
  func reserveFeatureSums() -> Bool {
    let needed = blocks.count * termCount * featureWidth
    if featureSums.count < needed { featureSums = Buffer(count: needed) }
    return featureWidth > 0
  }
}

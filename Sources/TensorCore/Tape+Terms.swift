import CKernels

// What a tape carries for a ``CompositeLoss``: which variables are losses, and which features.

extension Tape {
  /// The number of columns of all features together, 0 if none are recorded.
  package var featureWidth: Int { features.reduce(0) { $0 + node(at: $1).shape[-1] } }

  /// Runs one loss backwards as far as the features.
  func pullbackToFeatures(_ term: Int, weight: Float) {
    beginPullback(addingTo: nil)
    seed(terms[term], with: weight)
    runBackwards(isEndingAtFeatures: true)
  }

  /// Writes the sums over the rows of the features' gradients, all features behind one another.
  func sumFeatureGradients(into sums: UnsafeMutablePointer<Float>) {
    var at = 0
    for position in features {
      let feature = node(at: position)
      let columns = feature.shape[-1]
      if feature.isGradientWritten, let gradient = feature.gradient {
        ck_run_sum_columns(sums + at, gradient, feature.shape.count / columns, columns, false)
      } else {
        (sums + at).update(repeating: 0, count: columns)
      }
      at += columns
    }
  }
}

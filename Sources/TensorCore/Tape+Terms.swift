import CKernels

// What a tape carries for a ``CompositeLoss``: which variables are losses, and which features.

extension Tape {
  /// Records the next loss of a ``CompositeLoss``: one number for each row of the block.
  public func addTerm(_ rows: Variable) { terms.append(rows) }

  /// Records the output of a last hidden layer, where gradients of single losses may be taken.
  public func addFeatures(_ variable: Variable) { features.append(variable) }

  /// The number of columns of all features together.
  var featureWidth: Int { features.reduce(0) { $0 + $1.shape[-1] } }

  /// Runs one loss backwards as far as the features.
  func pullbackToFeatures(_ term: Int, weight: Float) {
    beginPullback(addingTo: nil)
    seed(terms[term], with: weight)
    runBackwards(isEndingAtFeatures: true)
  }

  /// Writes the sums over the rows of the features' gradients, all features behind one another.
  func sumFeatureGradients(into sums: UnsafeMutablePointer<Float>) {
    var at = 0
    for variable in features {
      let columns = variable.shape[-1]
      if let gradient = gradientMemory(of: variable) {
        ck_run_sum_columns(sums + at, gradient, variable.shape.count / columns, columns, false)
      } else {
        (sums + at).update(repeating: 0, count: columns)
      }
      at += columns
    }
  }
}

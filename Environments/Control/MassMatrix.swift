/// A symmetric, positive definite matrix of three rows: the inertia of three joined bodies.
struct MassMatrix {
  /// The diagonal from the first row to the third.
  var diagonal: SIMD3<Double>
  /// The entry of the first row and the second column.
  var firstSecond: Double
  /// The entry of the first row and the third column.
  var firstThird: Double
  /// The entry of the second row and the third column.
  var secondThird: Double

  /// The accelerations that some forces lead to: solves `matrix · accelerations = forces`.
  ///
  /// By the factors L D Lᵀ, without pivots, which a positive definite matrix does not need.
  func accelerations(under forces: SIMD3<Double>) -> SIMD3<Double> {
    let pivot0 = diagonal[0]
    let factor10 = firstSecond / pivot0
    let factor20 = firstThird / pivot0
    let pivot1 = diagonal[1] - factor10 * firstSecond
    let rest21 = secondThird - factor10 * firstThird
    let factor21 = rest21 / pivot1
    let pivot2 = diagonal[2] - factor20 * firstThird - factor21 * rest21

    let force1 = forces[1] - factor10 * forces[0]
    let force2 = forces[2] - factor20 * forces[0] - factor21 * force1
    let third = force2 / pivot2
    let second = force1 / pivot1 - factor21 * third
    let first = forces[0] / pivot0 - factor10 * second - factor20 * third
    return SIMD3(first, second, third)
  }
}

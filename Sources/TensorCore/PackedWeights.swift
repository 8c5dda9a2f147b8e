import CKernels
import Requirements

/// The weights of layers, copied in the order in which the kernels read them.
///
/// Without a copy, each product turns the weight again, which for few rows takes longer than the
/// multiplication. A copy pays where a parameter vector serves several products: all steps of a
/// rollout, all blocks of a minibatch. The results are the same to the bit.
package final class PackedWeights {
  /// The weights `[out, in]` of a layout whose number of outputs is a multiple of 16.
  private let slices: [ParameterSlice]
  /// Each weight at its own offset of the parameter vector.
  private let numbers: Buffer
  /// One more than the position in `slices` at the offset of each weight, 0 elsewhere.
  private let places: UnsafeMutablePointer<Int32>

  /// Reserves room for the weights of a parameter vector.
  package init(_ layout: ParameterLayout) {
    slices = layout.slices.filter {
      $0.shape.rank == 2 && $0.shape[0] % 16 == 0 && $0.shape.count > 0
    }
    numbers = Buffer(count: layout.count)
    places = .allocate(capacity: max(layout.count, 1))
    places.initialize(repeating: 0, count: layout.count)
    for (index, slice) in slices.enumerated() { places[slice.offset] = Int32(index + 1) }
  }

  deinit { places.deallocate() }

  /// Copies the weights of a parameter vector.
  ///
  /// - Precondition: The vector is as long as that of the layout.
  package func update(from parameters: Buffer) {
    require(
      parameters.count == numbers.count,
      "There are \(parameters.count) parameters for a layout of \(numbers.count).")
    for slice in slices {
      ck_run_pack_weight(
        numbers.pointer + slice.offset, parameters.pointer + slice.offset, slice.shape[1],
        slice.shape[0])
    }
  }

  /// The copy of the weight `[out, in]` that begins at an offset, if there is one.
  func weight(at offset: Int, _ shape: Shape) -> UnsafePointer<Float>? {
    let place = Int(places[offset])
    guard place > 0, slices[place - 1].shape == shape else { return nil }
    return UnsafePointer(numbers.pointer + offset)
  }
}

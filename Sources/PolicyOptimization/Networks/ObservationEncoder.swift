import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore

/// The parts of an observation on their way into a network: images through convolutions, all other
/// numbers side by side.
struct ObservationEncoder: Sendable {
  let images: [ImageEncoder]
  /// Where the numbers lie that are in no image, in order.
  let vectors: [Range<Int>]

  /// Adds the parameters of the images' layers to a layout, `name.0.weight` … or, where there are
  /// several images, `name.PART.0.weight` ….
  ///
  /// - Returns: `nil` if no part goes through convolutions.
  /// - Throws: A sentence if an image is too small.
  init?(
    _ name: String, of observations: ObservationLayout, _ choice: ImageEncoderChoice,
    in layout: inout ParameterLayout
  ) throws(InvalidHyperparameter) {
    var images: [ImageEncoder] = []
    var vectors: [Range<Int>] = []
    let count = observations.parts.count {
      $0.image.flatMap { choice.outline(height: $0.height, width: $0.width) } != nil
    }
    guard count > 0 else { return nil }
    for part in observations.parts {
      if let image = part.image,
        let outline = choice.outline(height: image.height, width: image.width)
      {
        images.append(
          try ImageEncoder(
            count > 1 ? "\(name).\(part.name)" : name, of: part, image, outline, in: &layout))
      } else if let last = vectors.last, last.upperBound == part.range.lowerBound {
        vectors[vectors.count - 1] = last.lowerBound..<part.range.upperBound
      } else {
        vectors.append(part.range)
      }
    }
    self.images = images
    self.vectors = vectors
  }

  /// How many features the images give.
  var outputCount: Int { images.reduce(0) { $0 + $1.outputCount } }

  /// How many numbers are in no image.
  var vectorCount: Int { vectors.reduce(0) { $0 + $1.count } }

  /// How many words of random numbers the initial weights are made of.
  var drawCount: UInt64 { images.reduce(0) { $0 + $1.drawCount } }

  func initialize(_ parameters: Buffer, using generator: inout RandomStream) {
    for image in images { image.initialize(parameters, using: &generator) }
  }

  /// The features of the images of observations `[rows, D]`.
  func features(of observations: Variable, on tape: Tape) -> Variable {
    joined(images.map { $0(observations, on: tape) }) ?? observations
  }

  /// The numbers that are in no image; `nil` if there are none.
  func vector(of observations: Variable) -> Variable? {
    joined(vectors.map { slice(observations, $0, axis: 1) })
  }

  private func joined(_ parts: [Variable]) -> Variable? {
    guard let first = parts.first else { return nil }
    return parts.dropFirst().reduce(first) { concatenate($0, $1, axis: 1) }
  }
}

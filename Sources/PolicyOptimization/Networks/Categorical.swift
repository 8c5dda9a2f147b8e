import RandomStreams
import TensorCore

/// A distribution over A choices in each row.
public struct Categorical {
  /// The logarithms of the probabilities, `[rows, A]`.
  public let logProbabilities: Variable

  /// Normalises scores, the outputs of a network, `[rows, A]`.
  public init(scores: Variable) {
    logProbabilities = logSoftmax(scores)
  }

  func logProbability(of actions: Variable) -> Variable { pick(logProbabilities, actions) }

  /// `H = −Σ p log p`.
  func entropy() -> Variable { -sum(exp(logProbabilities) * logProbabilities, axis: -1) }

  func writeMode(to actions: UnsafeMutablePointer<Float>) {
    let (rows, count) = (logProbabilities.shape[0], logProbabilities.shape[1])
    for row in 0..<rows {
      let choices = logProbabilities.memory + row * count
      var best = 0
      for choice in 1..<max(count, 1) where choices[choice] > choices[best] { best = choice }
      actions[row] = Float(best)
    }
  }

  /// Draws by the inverse of the distribution function: the first choice at which the sum of the
  /// probabilities exceeds a uniform number.
  func sample(to actions: UnsafeMutablePointer<Float>, stream: (Int) -> RandomStream) {
    let (rows, count) = (logProbabilities.shape[0], logProbabilities.shape[1])
    let probabilities = exp(logProbabilities).memory
    for row in 0..<rows {
      var stream = stream(row)
      var left = stream.uniform()
      var choice = 0
      while choice < count - 1 {
        left -= Double(probabilities[row * count + choice])
        if left < 0 { break }
        choice += 1
      }
      actions[row] = Float(choice)
    }
  }
}

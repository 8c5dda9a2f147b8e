/// Positive numbers that add up to 1, proportional to the exponentials of `logits`.
///
/// An infinite logit counts as the largest finite number, so that it takes all.
func softmax(_ logits: [Double]) -> [Double] {
  let largest = min(logits.max() ?? 0, .greatestFiniteMagnitude)
  let exponentials = logits.map {
    exponential(min($0, .greatestFiniteMagnitude) - largest)
  }
  let sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}

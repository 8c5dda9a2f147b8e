/// A number from the normal distribution with mean 0 and variance 1.
///
/// Source: Marsaglia's polar method, of which one of the two numbers is used.
func standardNormal(using generator: inout any RandomNumberGenerator) -> Double {
  while true {
    let x = Double.random(in: -1..<1, using: &generator)
    let y = Double.random(in: -1..<1, using: &generator)
    let square = x * x + y * y
    if square > 0 && square < 1 {
      return x * (-2 * naturalLogarithm(square) / square).squareRoot()
    }
  }
}

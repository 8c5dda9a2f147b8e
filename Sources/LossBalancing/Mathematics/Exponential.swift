// The import is for the linker: the standard library's square roots and roundings, which are exact,
// are in the C library, and without it a program that imports nothing else would not be linked.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Exponential and logarithm in plain arithmetic.
//
// The C library's differ in the last bit from version to version and from processor to processor,
// and a run has to be the same everywhere. Both are accurate to about one unit in the last place.

private let logarithmOfTwo = (high: 0x1.62e42fefap-1, low: 0x1.cf79abc9e3b3ap-40)

/// The exponential function, `eˣ`.
///
/// With `x = k log 2 + r` and `|r| ≤ ½ log 2` it is `2ᵏ eʳ`, and the series of `eʳ` is cut where its
/// terms fall below the rounding.
func exponential(_ x: Double) -> Double {
  if x.isNaN { return x }
  if x > 709.79 { return .infinity }
  if x < -745.2 { return 0 }
  let k = (x * 1.442_695_040_888_963_4).rounded()
  let r = (x - k * logarithmOfTwo.high) - k * logarithmOfTwo.low
  var sum = 1.0
  for n in stride(from: 13.0, through: 1, by: -1) { sum = 1 + sum * r / n }
  return Double(sign: .plus, exponent: Int(k), significand: sum)
}

/// The natural logarithm.
///
/// With `x = 2ᵏ m` and `√½ ≤ m < √2` it is `k log 2 + 2 artanh s` where `s = (m − 1)/(m + 1)`, and
/// the series of `artanh` is cut where its terms fall below the rounding.
func naturalLogarithm(_ x: Double) -> Double {
  if x.isNaN || x < 0 { return .nan }
  if x == 0 { return -.infinity }
  if x == .infinity { return x }
  var k = Double(x.exponent)
  var m = x.significand
  if m > 2.0.squareRoot() {
    m /= 2
    k += 1
  }
  let s = (m - 1) / (m + 1)
  let square = s * s
  var sum = 0.0
  for n in stride(from: 23.0, through: 3, by: -2) { sum = (sum + 1 / n) * square }
  return k * logarithmOfTwo.high + (k * logarithmOfTwo.low + (2 * s * sum + 2 * s))
}

/// A positive number raised to any power.
func power(_ base: Double, _ exponent: Double) -> Double {
  exponential(exponent * naturalLogarithm(base))
}

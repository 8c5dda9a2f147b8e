import RandomStreams
import Testing

/// The mean of each of the first `order` powers of a sample.
func moments(of sample: [Double], upTo order: Int) -> [Double] {
  var sums = [Double](repeating: 0, count: order)
  for number in sample {
    var power = 1.0
    for index in sums.indices {
      power *= number
      sums[index] += power
    }
  }
  return sums.map { $0 / Double(sample.count) }
}

/// Pearson's statistic: how far counts are from being equal.
///
/// For C counts of things that are equally likely its mean is C − 1 and its deviation
/// √(2 (C − 1)).
func chiSquare(ofEqual counts: [Int]) -> Double {
  let expected = Double(counts.reduce(0, +)) / Double(counts.count)
  return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
}

/// The value that ``chiSquare(ofEqual:)`` of so many counts should stay below: four deviations
/// above its mean, which fair counts exceed once in a hundred samples (2 counts) to once in three
/// thousand (100 counts). The seeds are fixed, so what passes once passes always.
func chiSquareBound(counts: Int) -> Double {
  let freedom = Double(counts - 1)
  return freedom + 4 * (2 * freedom).squareRoot()
}

@Suite("What the numbers are distributed like")
struct DistributionTests {
  private static let count = 200_000
  /// Five deviations of a mean of `count` numbers of deviation 1; missed once in two million.
  private static let tolerance = 5 / Double(count).squareRoot()

  private var stream = RandomStream(seed: 2024, purpose: .other, index: 0)

  @Test("Uniform numbers fill [0, 1) and have its moments 1/2, 1/3, 1/4")
  mutating func uniform() {
    var numbers: [Double] = []
    for _ in 0..<Self.count { numbers.append(stream.uniform()) }
    #expect(numbers.allSatisfy { 0 <= $0 && $0 < 1 })
    let measured = moments(of: numbers, upTo: 3)
    for (power, moment) in measured.enumerated() {
      #expect(abs(moment - 1 / Double(power + 2)) < 0.3 * Self.tolerance, "moment \(power + 1)")
    }
    var bins = [Int](repeating: 0, count: 100)
    for number in numbers { bins[Int(number * 100)] += 1 }
    #expect(chiSquare(ofEqual: bins) < chiSquareBound(counts: 100))
  }

  @Test("Uniform numbers of a range stay below its upper bound, even where rounding would reach it")
  mutating func uniformInNarrowRange() {
    let range = 1.0..<(1.0).nextUp
    for _ in 0..<100 { #expect(range.contains(stream.uniform(in: range))) }
    for _ in 0..<1_000 {
      let number = stream.uniform(in: -3.0 ..< -1.0)
      #expect(-3 <= number && number < -1)
    }
  }

  @Test("Normal numbers have the moments 0, 1, 0, 3 and the right tails")
  mutating func normal() {
    var numbers: [Double] = []
    for _ in 0..<Self.count { numbers.append(stream.normal()) }
    let measured = moments(of: numbers, upTo: 4)
    // The deviations of z, z², z³ and z⁴ are 1, √2, √15 and √96.
    let expected = [(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0)]
    for (moment, (mean, variance)) in zip(measured, expected) {
      #expect(abs(moment - mean) < Self.tolerance * variance.squareRoot())
    }
    let tail = numbers.filter { abs($0) > 1.959964 }.count
    #expect(abs(Double(tail) / Double(Self.count) - 0.05) < 0.22 * Self.tolerance)
  }

  @Test(
    "Many normal numbers are those that would come one by one", arguments: [0, 1, 3, 256, 1001])
  func normals(count: Int) {
    for position: UInt64 in [0, 1, 6] {
      var one = RandomStream(seed: 3, purpose: .other, index: 2, position: position)
      var many = one
      let numbers = many.normals(count)
      #expect(numbers == (0..<count).map { _ in one.normal() })
      #expect(many.position == one.position)
    }
  }

  @Test("Whole numbers below a bound are equally likely", arguments: [1, 2, 3, 10, 97])
  func integers(bound: Int) {
    var stream = RandomStream(seed: 5, purpose: .other, index: bound)
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<(1_000 * bound) { counts[stream.integer(below: bound)] += 1 }
    #expect(chiSquare(ofEqual: counts) <= chiSquareBound(counts: bound))
  }

  @Test("A bound that leaves no number is refused")
  func refusesBounds() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 1, purpose: .other, index: 0)
      _ = stream.integer(below: 0)
    }
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 1, purpose: .other, index: 0)
      _ = stream.uniform(in: 1..<1)
    }
  }
}

@Suite("Permutations")
struct PermutationTests {
  @Test("Each index occurs once", arguments: [0, 1, 2, 17, 1_000])
  func isPermutation(count: Int) {
    var stream = RandomStream(seed: 9, purpose: .shuffling, index: 0)
    var indices = [Int32](repeating: -1, count: count)
    stream.permute(&indices)
    #expect(indices.sorted() == (0..<Int32(count)).map { $0 })
  }

  @Test("All 24 orders of four are equally likely")
  func isFair() {
    var stream = RandomStream(seed: 10, purpose: .shuffling, index: 0)
    var occurrences: [[Int32]: Int] = [:]
    var indices = [Int32](repeating: 0, count: 4)
    for _ in 0..<24_000 {
      stream.permute(&indices)
      occurrences[indices, default: 0] += 1
    }
    #expect(occurrences.count == 24)
    #expect(chiSquare(ofEqual: Array(occurrences.values)) < chiSquareBound(counts: 24))
  }

  /// The words are drawn in bulk, which nobody may notice, not at an odd position either.
  @Test("The order is that of Fisher and Yates, drawn number by number", arguments: [0, 1])
  func isFisherYates(position: UInt64) {
    var stream = RandomStream(seed: 3, purpose: .shuffling, index: 1, position: position)
    var single = stream
    var indices = [Int32](repeating: 0, count: 700)
    stream.permute(&indices)
    var expected = (0..<Int32(700)).map { $0 }
    for last in stride(from: 699, to: 0, by: -1) {
      expected.swapAt(last, single.integer(below: last + 1))
    }
    #expect(indices == expected)
    #expect(stream == single)
  }

  @Test("What was in the array before does not matter")
  func ignoresContents() {
    var (first, second) = ([Int32](repeating: 0, count: 9), [Int32](repeating: 5, count: 9))
    var (left, right) = (
      RandomStream(seed: 1, purpose: .shuffling, index: 0),
      RandomStream(seed: 1, purpose: .shuffling, index: 0)
    )
    left.permute(&first)
    right.permute(&second)
    #expect(first == second)
  }
}

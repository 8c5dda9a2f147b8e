import Foundation

/// Numbers between two margins that nobody may write.
///
/// The margins hold NaNs, so a kernel that reads them and uses what it reads gives a NaN. The first
/// number lies on no boundary of a vector.
final class GuardedMemory<Number: BitwiseCopyable> {
  /// The number of numbers.
  let count: Int
  /// The first number.
  let pointer: UnsafeMutablePointer<Number>

  private let start: UnsafeMutableRawPointer
  private let marginSize = 67 * MemoryLayout<Number>.stride

  init(_ numbers: [Number]) {
    count = numbers.count
    let size = count * MemoryLayout<Number>.stride + 2 * marginSize
    start = .allocate(byteCount: size, alignment: 64)
    memset(start, 0xff, size)
    pointer = (start + marginSize).bindMemory(to: Number.self, capacity: max(count, 1))
    pointer.initialize(from: numbers, count: count)
  }

  deinit { start.deallocate() }

  /// The numbers.
  var numbers: [Number] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Whether the margins are as they were.
  var isIntact: Bool {
    let before = UnsafeRawBufferPointer(start: start, count: marginSize)
    return before.allSatisfy { $0 == 0xff } && memcmp(start, pointer + count, marginSize) == 0
  }
}

/// What a margin reads as.
let guardNumber = Float(bitPattern: 0xffff_ffff)

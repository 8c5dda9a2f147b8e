/// Numbers between two margins that nobody may write.
///
/// The margins hold NaNs, so a kernel that reads them and uses what it reads gives a NaN. The first
/// number lies on no boundary of a vector.
final class GuardedMemory<Number: BitwiseCopyable> {
  /// The number of numbers.
  let count: Int
  /// The first number.
  let pointer: UnsafeMutablePointer<Number>

  private let all: UnsafeMutableRawBufferPointer
  private let margin = 67 * MemoryLayout<Number>.stride
  private static var guardByte: UInt8 { 0xff }

  init(_ numbers: [Number]) {
    count = numbers.count
    let size = numbers.count * MemoryLayout<Number>.stride
    all = .allocate(byteCount: size + 2 * margin, alignment: 64)
    for index in all.indices { all[index] = Self.guardByte }
    let content = UnsafeMutableRawBufferPointer(rebasing: all[margin..<margin + size])
    pointer = content.bindMemory(to: Number.self).baseAddress ?? .allocate(capacity: 0)
    for (index, number) in numbers.enumerated() { pointer[index] = number }
  }

  deinit { all.deallocate() }

  /// The numbers.
  var numbers: [Number] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The bytes of the numbers.
  var bytes: [UInt8] { Array(all[margin..<all.count - margin]) }

  /// Whether the margins are as they were.
  var isIntact: Bool {
    all[..<margin].allSatisfy { $0 == Self.guardByte }
      && all[(all.count - margin)...].allSatisfy { $0 == Self.guardByte }
  }
}

/// What a margin reads as.
let guardNumber = Float(bitPattern: 0xffff_ffff)

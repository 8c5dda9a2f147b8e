import TensorCore
import Testing

@Suite("Buffers and kernel levels")
struct BufferTests {
  @Test("A buffer begins with zeros on a cache line, and may be empty")
  func beginsWithZeros() {
    for count in [0, 1, 1000] {
      let buffer = Buffer(count: count)
      #expect(buffer.count == count && buffer.array == Array(repeating: 0, count: count))
      #expect(Int(bitPattern: buffer.pointer) % 64 == 0)
    }
  }

  @Test("A buffer is copied from numbers, overwritten, read and written")
  func holdsNumbers() {
    let buffer = Buffer([1, 2, 3])
    buffer[1] = 5
    #expect(buffer[1] == 5 && buffer.array == [1, 5, 3])
    buffer.assign([7, 8, 9])
    #expect(buffer.array == [7, 8, 9])
  }

  @Test("Numbers outside a buffer are a mistake, and so is another count")
  func checksBounds() async {
    await #expect(processExitsWith: .failure) { _ = Buffer(count: 3)[3] }
    await #expect(processExitsWith: .failure) { Buffer(count: 3)[-1] = 0 }
    await #expect(processExitsWith: .failure) { Buffer(count: 3).assign([1, 2]) }
  }

  @Test("The level in use is one that this processor has")
  func levelInUse() {
    #expect(KernelLevel.available.first == "portable")
    #expect(KernelLevel.available.contains(KernelLevel.active))
    #expect(KernelLevel.refused == nil)
  }
}

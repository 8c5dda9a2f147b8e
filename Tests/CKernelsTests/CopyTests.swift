import CKernels
import Testing

@Suite("Copies")
struct CopyTests {
  @Test("Rows are copied or added, and nothing between them", arguments: [false, true])
  func copyRows(_ accumulate: Bool) {
    for (rows, columns) in [(0, 4), (3, 0), (1, 1), (4, 5), (7, 33)] {
      let from = GuardedMemory((0..<rows * (columns + 2)).map(Float.init))
      let to = GuardedMemory([Float](repeating: 0.5, count: rows * (columns + 3)))
      ck_copy_rows(
        to.pointer, columns + 3, from.pointer, columns + 2, rows, columns, accumulate)
      #expect(to.isIntact)
      for (index, number) in to.numbers.enumerated() {
        let (row, column) = (index / (columns + 3), index % (columns + 3))
        let copied = Float(row * (columns + 2) + column) + (accumulate ? 0.5 : 0)
        #expect(number == (column < columns ? copied : 0.5))
      }
    }
  }

  @Test("A transpose exchanges rows and columns", arguments: [false, true])
  func transpose(_ accumulate: Bool) {
    for (rows, columns) in [(0, 4), (3, 0), (1, 5), (4, 5), (17, 33)] {
      let from = GuardedMemory((0..<rows * columns).map(Float.init))
      let to = GuardedMemory([Float](repeating: 0.5, count: rows * columns))
      ck_transpose(to.pointer, from.pointer, rows, columns, accumulate)
      #expect(to.isIntact)
      for row in 0..<rows {
        for column in 0..<columns {
          let copied = Float(row * columns + column) + (accumulate ? 0.5 : 0)
          #expect(to.pointer[column * rows + row] == copied)
        }
      }
    }
  }

  @Test("Rows are gathered by their numbers", arguments: 1...7)
  func gatherRows(_ columns: Int) {
    let from = GuardedMemory((0..<5 * columns).map(Float.init))
    let to = GuardedMemory([Float](repeating: 0.5, count: 4 * columns))
    ck_gather_rows(to.pointer, from.pointer, [3, 0, 3, 4], 4, columns)
    let expected = [3, 0, 3, 4].flatMap { row in (0..<columns).map { Float(row * columns + $0) } }
    #expect(to.numbers == expected && to.isIntact)
  }

  @Test("One number of each row is picked, and its gradient put back")
  func pickAndUnpick() {
    let from = GuardedMemory((0..<12).map(Float.init))
    let picked = GuardedMemory([Float](repeating: 0, count: 4))
    ck_pick(picked.pointer, from.pointer, [2, 9, 0, 9, 1, 9, 1, 9], 2, 4, 3)
    #expect(picked.numbers == [2, 3, 7, 10] && picked.isIntact)
    let back = GuardedMemory([Float](repeating: 1, count: 12))
    ck_unpick(back.pointer, [1, 2, 3, 4], [2, 0, 1, 1], 1, 4, 3)
    #expect(back.numbers == [1, 1, 2, 3, 1, 1, 1, 4, 1, 1, 5, 1] && back.isIntact)
  }
}

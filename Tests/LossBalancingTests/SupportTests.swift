import LossBalancing
import Testing

@Suite struct SupportTests {
  @Test func `the comparison notices a difference`() {
    #expect(agree([1, 2], [1, 2]))
    #expect(!agree([1, 2], [1, 2.001]))
    #expect(!agree([1, 2], [1]))
    #expect(!agree([.nan], [1]))
    #expect(!agree([[1, 2]], [[1, 3]]))
  }

  @Test func `measurements from rows have their inner products`() {
    let measurement = LossMeasurement(rows: [[-4, 1, 1], [6, 1, 1]])
    #expect(measurement.gramian == [18, -22, -22, 38])
  }
}

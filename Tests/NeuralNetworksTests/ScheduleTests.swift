import Foundation
import NeuralNetworks
import Testing

@Suite("Schedules")
struct ScheduleTests {
  @Test("A constant stays")
  func constantStays() {
    #expect([0, 0.3, 1].map { Schedule.constant(0.25).value(at: $0) } == [0.25, 0.25, 0.25])
  }

  @Test("A line goes from the first value to the second")
  func lineIsStraight() {
    let line = Schedule.linear(from: 4, to: 1)
    #expect(line.value(at: 0) == 4)
    #expect(line.value(at: 0.5) == 2.5)
    #expect(line.value(at: 1) == 1)
    #expect(Schedule.linear(from: 3e-4, to: 0).value(at: 1) == 0)
  }

  @Test("A cosine wave is flat at its ends and half way in the middle")
  func cosineIsFlatAtEnds() {
    let wave = Schedule.cosine(from: 4, to: 1)
    #expect(wave.value(at: 0) == 4)
    #expect(abs(wave.value(at: 0.5) - 2.5) < 1e-15)
    #expect(wave.value(at: 1) == 1)
    for progress in stride(from: 0, through: 1, by: 0.01) {
      let expected = 1 + 3 * (1 + cos(Double.pi * progress)) / 2
      #expect(abs(wave.value(at: progress) - expected) < 1e-14)
    }
    #expect(4 - wave.value(at: 0.01) < 0.01 * 0.3)
  }

  @Test("An exponential is multiplied by the same factor in equal times")
  func exponentialKeepsRatios() {
    let fall = Schedule.exponential(from: 4, to: 0.25)
    #expect(fall.value(at: 0) == 4)
    #expect(abs(fall.value(at: 0.25) - 2) < 1e-14)
    #expect(abs(fall.value(at: 0.5) - 1) < 1e-14)
    #expect(abs(fall.value(at: 1) - 0.25) < 1e-14)
  }

  @Test("A schedule is stored and read")
  func isCodable() throws {
    for schedule in [
      Schedule.constant(1), .linear(from: 2, to: 0), .cosine(from: 3, to: 1),
      .exponential(from: 1, to: 2),
    ] {
      let data = try JSONEncoder().encode(schedule)
      #expect(try JSONDecoder().decode(Schedule.self, from: data) == schedule)
    }
  }
}

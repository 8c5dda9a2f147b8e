import Requirements
import Testing

@Suite("What a caller must see to")
struct RequirementTests {
  /// The words of a process that stopped.
  private func errors(of result: ExitTest.Result?) throws -> String {
    String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
  }

  @Test("A mistake prints its sentence before it stops the program, in release builds too")
  func printsSentence() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let count = 3
      require(count == 4, "There are \(count) rows; expected 4.")
    }
    #expect(try errors(of: result).contains("There are 3 rows; expected 4. (RequirementsTests/"))
  }

  @Test("What cannot go on says why")
  func stopsWithSentence() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      stop("The shape [2, 3] has no axis 5.")
    }
    #expect(try errors(of: result).contains("The shape [2, 3] has no axis 5."))
  }

  @Test("A sentence is made only where it is printed")
  func makesNoSentence() {
    func sentence() -> String {
      Issue.record("The sentence was made.")
      return ""
    }
    require(true, sentence())
  }
}

import EnvironmentKit
import Foundation
import GymnasiumEnvironments
import RandomStreams
import TestSupport
import Testing

@Suite("Failures of Gymnasium's environments", .enabled(if: Stub.isAvailable))
struct FailureTests {
  /// What is told of an environment that fails in its third step, by its second worker.
  private func failure(
    _ fault: String, seconds: Double? = nil
  ) throws -> GymnasiumError? {
    let environment = try Stub.environment(
      "Count-v0", ["fault": .text(fault)], { $0.secondsForStep = seconds })
    let batch = try environment.makeBatch(
      of: 0..<4, seed: 7, purpose: .environment, afterEnd: .restart)
    let arrays = StepArrays(for: environment, count: 4)
    for _ in 0..<2 { try batch.step(0..<4, through: arrays.buffers()) }
    let error = #expect(throws: GymnasiumError.self) {
      try batch.step(2..<4, through: arrays.buffers(from: 2))
    }
    let again = #expect(throws: GymnasiumError.self, "a batch that failed says so for ever") {
      try batch.step(0..<4, through: arrays.buffers())
    }
    #expect(again == error)
    return error
  }

  @Test("Leaves the signal SIGCHLD as it is, and claims no status where the system gives none")
  func leavesSignals() async {
    await #expect(processExitsWith: .success) {
      signal(SIGCHLD, SIG_IGN)
      let environment = try Stub.environment("Count-v0", ["fault": .text("leave")])
      let batch = try environment.makeBatch(
        of: 0..<1, seed: 7, purpose: .environment, afterEnd: .restart)
      let arrays = StepArrays(for: environment, count: 1)
      var sentence = ""
      for _ in 0..<5 where sentence.isEmpty {
        do { try batch.step(0..<1, through: arrays.buffers()) } catch { sentence = "\(error)" }
      }
      guard sentence == "Worker 0 (environment 0) cannot be reached any more." else { exit(1) }
      let after = unsafeBitCast(signal(SIGCHLD, SIG_DFL), to: Int.self)
      exit(after == unsafeBitCast(SIG_IGN, to: Int.self) ? 0 : 2)
    }
  }

  @Test("An exception names the row, the step and the line, and has a traceback")
  func exception() throws {
    let error = try failure("step")
    #expect(
      error?.description.hasPrefix(
        "gym:Count-v0 (row 2, step 3) raised ValueError: a wheel came off (tasks.py, line")
        == true, "\(String(describing: error))")
    #expect(error?.details?.contains("raise ValueError(\"a wheel came off\")") == true)
  }

  @Test("sys.exit, a crash, an exit and a hang name the worker")
  func ends() throws {
    #expect(
      try failure("exit")?.description.hasPrefix(
        "gym:Count-v0 (row 2, step 3) raised SystemExit: enough") == true)
    let crash = try failure("crash")?.description
    #expect(
      crash?.hasPrefix("Worker 1 (environments 2 to 3) was ended by signal 11") == true,
      "\(crash ?? "")")
    #expect(
      try failure("leave")?.description
        == "Worker 1 (environments 2 to 3) ended with status 7.")
    #expect(
      try failure("hang", seconds: 0.5)?.description
        == "Worker 1 (environments 2 to 3) gave no answer within the 0.5 s that a step may take.")
  }

  @Test("An exception in reset")
  func reset() throws {
    let environment = try Stub.environment("Count-v0", ["fault": "reset"])
    let error = #expect(throws: GymnasiumError.self) {
      try environment.makeBatch(of: 0..<2, seed: 1, purpose: .environment, afterEnd: .wait)
    }
    #expect(
      error?.description.hasPrefix(
        "gym:Count-v0 (row 0, in reset) raised RuntimeError: no reset today") == true)
  }

  @Test(
    "Unknown ids list near ones, and an option that does not exist is the environment's to tell")
  func unknown() throws {
    let error = #expect(throws: UnknownEnvironment.self) { try Stub.environment("Cout-v0") }
    #expect(
      error?.description
        == """
        There is no environment named 'gym:Cout-v0'; did you mean gym:Count-v0 or gym:Count-v1?
        """)
    let other = #expect(throws: GymnasiumError.self) {
      try Stub.environment("Count-v0", ["wheels": 3])
    }
    #expect(
      other?.description.contains("gym:Count-v0 cannot be made: TypeError") == true,
      "\(String(describing: other))")
    // Gymnasium raises the error of a missing module again, with its name in the text only.
    let module = #expect(throws: GymnasiumError.self) {
      try Stub.environment("no_such_module:Task-v0")
    }
    #expect(module?.description.contains("The module 'no_such_module' cannot be") == true)
  }

  @Test("No Python, and a Python without Gymnasium")
  func missing() throws {
    let none = #expect(throws: GymnasiumError.self) {
      try PythonInterpreter(named: "/nowhere/python")
    }
    #expect(
      none?.description
        == "There is no Python '/nowhere/python'; give the path of the program itself.")
    #expect(throws: GymnasiumError.self) { try PythonInterpreter(variables: ["PATH": ""]) }
    #expect(
      try PythonInterpreter(variables: ["VIRTUAL_ENV": "/nowhere", "PATH": "/bin:/usr/bin"]).path
        .hasSuffix("/python3"))
    let shell = #expect(throws: GymnasiumError.self) {
      try GymnasiumEnvironment("CartPole-v1", python: PythonInterpreter(path: "/bin/true"))
    }
    #expect(shell?.description.contains("/bin/true ended with status 0 before") == true)
  }

  @Test("Too much memory is a sentence, not a signal")
  func memory() throws {
    let environment = try Stub.environment("Count-v0", workers: 1)
    #expect(throws: GymnasiumError.self) {
      try environment.makeBatch(
        of: 0..<(1 << 42), seed: 1, purpose: .environment, afterEnd: .wait)
    }
  }

  @Test("Workers end with the process that started them, also while an environment hangs")
  func orphans() throws {
    let environment = try Stub.environment("Count-v0", ["fault": "hang", "at": 1], workers: 1) {
      $0.secondsForStep = 0.2
    }
    let began = ContinuousClock.now
    do {
      let batch = try environment.makeBatch(
        of: 0..<1, seed: 1, purpose: .environment, afterEnd: .wait)
      let arrays = StepArrays(for: environment, count: 1)
      _ = try? batch.step(0..<1, through: arrays.buffers())
    }
    #expect(began.duration(to: .now) < .seconds(5))
  }
}

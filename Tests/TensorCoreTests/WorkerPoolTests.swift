import Foundation
import Synchronization
import TensorCore
import Testing

/// The tests share the machine's cores with all others, so more threads than cores are the rule.
@Suite("The worker pool", .timeLimit(.minutes(1)))
struct WorkerPoolTests {
  /// How often each task was done.
  private func counts(of tasks: Int, on pool: WorkerPool) -> [Int] {
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: max(tasks, 1))
    defer { counts.deallocate() }
    counts.initialize(repeating: 0, count: tasks)
    pool.run(tasks) { task, _ in counts[task] += 1 }
    return Array(UnsafeBufferPointer(start: counts, count: tasks))
  }

  @Test("Every task is done once", arguments: [1, 2, 3, 7])
  func everyTaskOnce(_ threads: Int) {
    let pool = WorkerPool(count: threads)
    #expect(pool.count == threads)
    for tasks in [0, 1, 2, 3, 7, 64, 1000] {
      #expect(counts(of: tasks, on: pool) == Array(repeating: 1, count: tasks), "\(tasks) tasks")
    }
  }

  @Test("Many rounds of tiny jobs", arguments: [2, 3, 7])
  func manyRounds(_ threads: Int) {
    let pool = WorkerPool(count: threads)
    let total = Atomic<Int>(0)
    for round in 0..<3000 {
      pool.run(round % 5 + 2) { task, _ in total.add(task + 1, ordering: .relaxed) }
    }
    // Each five rounds do 2, 3, 4, 5 and 6 tasks: 3 + 6 + 10 + 15 + 21.
    #expect(total.load(ordering: .relaxed) == 600 * 55)
  }

  @Test("All is done, and seen, when a run returns")
  func runWaitsForAll() {
    let pool = WorkerPool(count: 3)
    for round in 1...200 {
      let results = UnsafeMutablePointer<Int>.allocate(capacity: 9)
      results.initialize(repeating: 0, count: 9)
      pool.run(9) { task, _ in
        if task % 4 == 0 { usleep(200) }
        results[task] = round
      }
      #expect((0..<9).allSatisfy { results[$0] == round })
      results.deallocate()
    }
  }

  @Test("A worker does one task at a time", arguments: [2, 3, 7])
  func workersAreApart(_ threads: Int) {
    let pool = WorkerPool(count: threads)
    let isBusy = (0..<threads).map { _ in Flag() }
    let collisions = Atomic<Int>(0)
    for _ in 0..<200 {
      pool.run(20) { _, worker in
        if isBusy[worker].value.exchange(true, ordering: .acquiringAndReleasing) {
          collisions.add(1, ordering: .relaxed)
        }
        isBusy[worker].value.store(false, ordering: .releasing)
      }
    }
    #expect(collisions.load(ordering: .relaxed) == 0)
  }

  private final class Flag: Sendable { let value = Atomic<Bool>(false) }

  @Test("Workers that sleep wake up")
  func sleepersWake() {
    let pool = WorkerPool(count: 4)
    for round in 0..<40 {
      // Long enough to fall asleep, or just about to.
      usleep(round % 2 == 0 ? 5000 : UInt32(round * 10))
      let helpers = Atomic<Int>(0)
      pool.run(4) { _, worker in
        if worker != 0 { helpers.add(1, ordering: .relaxed) }
        usleep(1000)
      }
      #expect(helpers.load(ordering: .relaxed) > 0, "Nobody helped in round \(round).")
    }
  }

  @Test("Pools come and go, used or not, and their threads with them")
  func poolsComeAndGo() throws {
    for round in 0..<300 {
      let pool = WorkerPool(count: 1 + round % 4)
      if round % 3 == 0 { continue }
      if round % 7 == 0 { usleep(500) }
      #expect(counts(of: 5, on: pool) == [1, 1, 1, 1, 1])
    }
    // 450 threads were started. Other tests have some of their own, but not that many.
    for _ in 0..<100 where threadCount() > 150 { usleep(20_000) }
    #expect(threadCount() <= 150)
  }

  /// The number of threads of this process, 0 where the system does not say.
  private func threadCount() -> Int {
    let tasks = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    return tasks?.count ?? 0
  }

  @Test("A pool without threads is a mistake")
  func emptyPool() async {
    await #expect(processExitsWith: .failure) { _ = WorkerPool(count: 0) }
  }
}

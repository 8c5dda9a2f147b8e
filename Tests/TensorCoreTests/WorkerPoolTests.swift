import Foundation
import Synchronization
import TensorCore
import Testing

/// Each test runs in a process of its own, which an alarm ends should it hang.
///
/// The tests share the machine's cores with all others, so more threads than cores are the rule.
@Suite("The worker pool")
struct WorkerPoolTests {
  /// How often each task was done.
  private static func counts(of tasks: Int, on pool: WorkerPool) -> [Int] {
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: max(tasks, 1))
    defer { counts.deallocate() }
    counts.initialize(repeating: 0, count: tasks)
    nonisolated(unsafe) let places = counts
    pool.run(tasks) { task, _ in places[task] += 1 }
    return Array(UnsafeBufferPointer(start: counts, count: tasks))
  }

  @Test("Every task is done once")
  func everyTaskOnce() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      for threads in [1, 2, 3, 7] {
        let pool = WorkerPool(count: threads)
        precondition(pool.count == threads)
        for tasks in [0, 1, 2, 3, 7, 64, 1000] {
          precondition(Self.counts(of: tasks, on: pool) == Array(repeating: 1, count: tasks))
        }
      }
    }
  }

  @Test("Parts cover everything once, whatever the number of threads")
  func partsCoverAll() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      for threads in [1, 3] {
        for count in [0, 1, 1023, 1024, 1025, 5000] {
          let counts = UnsafeMutablePointer<Int>.allocate(capacity: max(count, 1))
          counts.initialize(repeating: 0, count: count)
          let pool = threads == 1 ? nil : WorkerPool(count: threads)
          nonisolated(unsafe) let places = counts
          WorkerPool.runInParts(of: count, on: pool) { for at in $0 { places[at] += 1 } }
          precondition((0..<count).allSatisfy { counts[$0] == 1 })
          counts.deallocate()
        }
      }
    }
  }

  /// So that what a thread writes stays in its cache.
  @Test("Threads begin with tasks of their own, and take over what others leave")
  func ownTasksFirst() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      let pool = WorkerPool(count: 2)
      let others = Atomic<Int>(0)
      for _ in 0..<50 {
        let begun = Atomic<Int>(0)
        pool.run(8) { task, worker in
          if begun.load(ordering: .relaxed) < 2 {
            // Nobody goes on before both threads have a task.
            begun.add(1, ordering: .relaxed)
            while begun.load(ordering: .relaxed) < 2 { usleep(1) }
            precondition(task == 4 * worker)
          } else if task / 4 != worker {
            others.add(1, ordering: .relaxed)
          }
          // The second thread is slow, so that the first one helps it.
          if worker == 1 { usleep(1000) }
        }
      }
      precondition(others.load(ordering: .relaxed) > 0)
    }
  }

  @Test("Many rounds of tiny jobs")
  func manyRounds() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      for threads in [2, 3, 7] {
        let pool = WorkerPool(count: threads)
        let total = Atomic<Int>(0)
        for round in 0..<3000 {
          pool.run(round % 5 + 2) { task, _ in total.add(task + 1, ordering: .relaxed) }
        }
        // Each five rounds do 2, 3, 4, 5 and 6 tasks: 3 + 6 + 10 + 15 + 21.
        precondition(total.load(ordering: .relaxed) == 600 * 55)
      }
    }
  }

  /// A worker that gets no processor in time misses a round, but not every other one.
  @Test("Workers that sleep, or are about to, wake up and help")
  func sleepersWake() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      let pool = WorkerPool(count: 4)
      var helpedRounds = 0
      for round in 0..<200 {
        usleep(round % 4 == 0 ? 3000 : UInt32(round * 2))
        let helpers = Atomic<Int>(0)
        pool.run(4) { _, worker in
          if worker != 0 { helpers.add(1, ordering: .relaxed) }
          usleep(1000)
        }
        if helpers.load(ordering: .relaxed) > 0 { helpedRounds += 1 }
      }
      precondition(helpedRounds > 100)
    }
  }

  @Test("Pools come and go, used or not, and their threads with them")
  func poolsComeAndGo() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      for round in 0..<300 {
        let pool = WorkerPool(count: 1 + round % 4)
        if round % 3 == 0 { continue }
        if round % 7 == 0 { usleep(500) }
        precondition(Self.counts(of: 5, on: pool) == [1, 1, 1, 1, 1])
      }
      // 450 threads were started; the process has a few of its own.
      while Self.threadCount() > 40 { usleep(20_000) }
    }
  }

  /// The number of threads of this process, 0 where the system does not say.
  private static func threadCount() -> Int {
    let tasks = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    return tasks?.count ?? 0
  }

  @Test("All is done, and seen, when a run returns")
  func runWaitsForAll() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      let pool = WorkerPool(count: 3)
      nonisolated(unsafe) let results = UnsafeMutablePointer<Int>.allocate(capacity: 9)
      for round in 1...200 {
        results.initialize(repeating: 0, count: 9)
        pool.run(9) { task, _ in
          if task % 4 == 0 { usleep(200) }
          results[task] = round
        }
        precondition((0..<9).allSatisfy { results[$0] == round })
      }
      results.deallocate()
    }
  }

  @Test("A worker does one task at a time")
  func workersAreApart() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      for threads in [2, 3, 7] {
        let pool = WorkerPool(count: threads)
        let isBusy = (0..<threads).map { _ in Flag() }
        for _ in 0..<200 {
          pool.run(20) { _, worker in
            let wasBusy = isBusy[worker].value.exchange(true, ordering: .acquiringAndReleasing)
            precondition(!wasBusy)
            isBusy[worker].value.store(false, ordering: .releasing)
          }
        }
      }
    }
  }

  private final class Flag: Sendable { let value = Atomic<Bool>(false) }

  /// Threads that find nothing to do would only take the processor from those that have something.
  @Test("Threads beyond the tasks are not woken")
  func sleepersSleepOn() async {
    await #expect(processExitsWith: .success) {
      alarm(60)
      let pool = WorkerPool(count: 8)
      let workers = (0..<8).map { _ in Flag() }
      // Each task is begun before any ends, so each is done by another thread.
      let begun = Atomic<Int>(0)
      pool.run(3) { _, worker in
        workers[worker].value.store(true, ordering: .relaxed)
        begun.add(1, ordering: .relaxed)
        while begun.load(ordering: .relaxed) < 3 { usleep(1) }
      }
      precondition(workers.map { $0.value.load(ordering: .relaxed) } == (0..<8).map { $0 < 3 })
      precondition(Self.counts(of: 100, on: pool) == Array(repeating: 1, count: 100))
    }
  }

  @Test("A pool without threads is a mistake")
  func emptyPool() async {
    await #expect(processExitsWith: .failure) { _ = WorkerPool(count: 0) }
  }
}

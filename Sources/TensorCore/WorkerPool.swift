import CKernels
import Foundation
import Synchronization

/// Threads that share out the tasks of a loop.
///
/// A training step of a small network meets its threads every few hundred microseconds, so waiting
/// threads spin for a moment before they sleep. Which thread takes which task is left to chance;
/// callers see to it that results do not depend on it.
public final class WorkerPool: Sendable {
  /// What is done with each task: its number, and the number of the worker that does it.
  public typealias Body = (_ task: Int, _ worker: Int) -> Void

  /// The number of threads, the caller's among them.
  public let count: Int

  private let shared: Shared

  /// Starts `count − 1` threads.
  ///
  /// - Precondition: `count` is positive.
  public init(count: Int) {
    precondition(count > 0, "A pool needs at least one thread; got \(count).")
    self.count = count
    shared = Shared(workers: count - 1)
    for worker in 1..<max(count, 1) {
      let thread = Thread { [shared] in shared.serve(as: worker) }
      thread.name = "ppo worker \(worker)"
      thread.stackSize = 2 << 20
      thread.start()
    }
  }

  deinit { shared.stop() }

  /// How many threads this machine can run at once.
  public static var machineThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Does all tasks `0..<tasks`, in any order, some at the same time, and returns when all are done.
  public func run(_ tasks: Int, _ body: Body) {
    if count == 1 || tasks <= 1 {
      for task in 0..<tasks { body(task, 0) }
    } else {
      withoutActuallyEscaping(body) { shared.run(tasks, $0) }
    }
  }
}

/// What the threads of a pool have in common.
private final class Shared: Sendable {
  private struct Job: @unchecked Sendable {
    var body: WorkerPool.Body?
    var tasks = 0
  }

  private static let spins = 4000

  // Written by the caller before it raises `round`, read by the others after they saw it raised.
  private nonisolated(unsafe) var job = Job()
  private let round = Atomic<Int>(0)
  private let nextTask = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let beds: [Bed]

  /// Where a worker sleeps: everybody has a bell of their own, so that nobody takes another's ring.
  private final class Bed: Sendable {
    let isOccupied = Atomic<Bool>(false)
    let bell = DispatchSemaphore(value: 0)
  }

  init(workers: Int) { beds = (0..<workers).map { _ in Bed() } }

  func run(_ tasks: Int, _ body: @escaping WorkerPool.Body) {
    job = Job(body: body, tasks: tasks)
    nextTask.store(0, ordering: .relaxed)
    busy.store(beds.count, ordering: .relaxed)
    wake()
    work(as: 0)
    var spins = 0
    while busy.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins < Self.spins { ck_spin_hint() } else { sched_yield() }
    }
    job = Job()
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    wake()
  }

  func serve(as worker: Int) {
    var seen = 0
    while true {
      wait(for: seen, in: beds[worker - 1])
      seen = round.load(ordering: .acquiring)
      if isStopped.load(ordering: .relaxed) { return }
      work(as: worker)
      busy.subtract(1, ordering: .releasing)
    }
  }

  private func work(as worker: Int) {
    guard let body = job.body else { return }
    while true {
      let task = nextTask.add(1, ordering: .relaxed).oldValue
      if task >= job.tasks { return }
      body(task, worker)
    }
  }

  /// Starts the next round and rings for those who sleep.
  private func wake() {
    round.add(1, ordering: .sequentiallyConsistent)
    for bed in beds where bed.isOccupied.exchange(false, ordering: .sequentiallyConsistent) {
      bed.bell.signal()
    }
  }

  /// Returns once the round is no longer the one that was seen: spinning, then asleep.
  private func wait(for seen: Int, in bed: Bed) {
    for _ in 0..<Self.spins {
      if round.load(ordering: .acquiring) != seen { return }
      ck_spin_hint()
    }
    // Whoever starts a round raises it and then looks into the beds; whoever lies down does it the
    // other way round, so one of them notices the other. Where both do, the bell has rung or will.
    // It may ring late, for a round that a spinning worker has done already: hence the loop.
    while round.load(ordering: .sequentiallyConsistent) == seen {
      bed.isOccupied.store(true, ordering: .sequentiallyConsistent)
      let hasBegun = round.load(ordering: .sequentiallyConsistent) != seen
      let getsUp = hasBegun && bed.isOccupied.exchange(false, ordering: .sequentiallyConsistent)
      if !getsUp { bed.bell.wait() }
    }
  }
}

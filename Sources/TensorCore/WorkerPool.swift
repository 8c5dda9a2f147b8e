import CKernels
import Foundation
import Requirements
import Synchronization

/// Threads that share out the tasks of a loop.
///
/// A training step of a small network meets its threads every few hundred microseconds, so waiting
/// threads spin for a moment before they sleep. Which thread takes which task is left to chance;
/// callers see to it that results do not depend on it.
public final class WorkerPool: Sendable {
  /// What is done with each task: its number, and the number of the worker that does it.
  ///
  /// It runs on several threads at once.
  public typealias Body = @Sendable (_ task: Int, _ worker: Int) -> Void

  /// The number of threads, the caller's among them.
  public let count: Int

  private let shared: Shared

  /// Starts `count − 1` threads.
  ///
  /// - Precondition: `count` is positive.
  public init(count: Int) {
    require(count > 0, "A pool needs at least one thread; got \(count).")
    self.count = count
    shared = Shared(threads: count)
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
  ///
  /// Where there are fewer tasks than threads, the threads beyond them are not woken.
  ///
  /// - Precondition: No other run of the same pool is going on, in particular not the one that the
  ///   body is part of. What the body writes is apart for each task.
  public func run(_ tasks: Int, _ body: Body) { runUnchecked(tasks, body) }

  /// As ``run(_:_:)``, for closures of which the compiler cannot prove that several threads may run
  /// them at once.
  func runUnchecked(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    if count == 1 || tasks <= 1 {
      for task in 0..<tasks { body(task, 0) }
    } else {
      withoutActuallyEscaping(body) { shared.run(tasks, $0) }
    }
  }

  /// Does something with all parts of `0..<count`: with parts of at most 1024 numbers on the threads
  /// of a pool, with everything at once without one.
  ///
  /// Equal counts give equal parts, usually run by the same threads.
  ///
  /// - Precondition: As for ``run(_:_:)``.
  public static func runInParts(
    of count: Int, on pool: WorkerPool?, _ body: @Sendable (_ part: Range<Int>) -> Void
  ) {
    guard let pool else { return body(0..<count) }
    let size = 1 << 10
    pool.run((count + size - 1) / size) { part, _ in
      body(part * size..<min((part + 1) * size, count))
    }
  }
}

/// What the threads of a pool have in common.
///
/// Each thread has tasks of its own, the same for the same number of tasks, so that what they write
/// stays in its cache; a thread that has done its own takes from others, so that one that gets no
/// processor delays none. The caller waits only for tasks that have been claimed.
private final class Shared: Sendable {
  private struct Job: @unchecked Sendable {
    // Written and read by turns, as said at the property below.
    var body: ((_ task: Int, _ worker: Int) -> Void)?
    var tasks = 0
  }

  /// Some 50 microseconds: longer than the pause between two minibatches of a small network, and
  /// much shorter than a rollout.
  private static let spins = 4000

  // Written by the caller while no task is claimed, read by a thread after it has claimed one.
  private nonisolated(unsafe) var job = Job()
  private nonisolated(unsafe) var round: UInt32 = 0
  private let done = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let counters: [TaskCounter]
  private let signals: [WakeSignal]

  init(threads: Int) {
    counters = (0..<threads).map { _ in TaskCounter() }
    signals = (0..<threads).map { _ in WakeSignal() }
  }

  func run(_ tasks: Int, _ body: @escaping (_ task: Int, _ worker: Int) -> Void) {
    require(
      !isRunning.exchange(true, ordering: .acquiring), "A pool was asked to run two jobs at once.")
    defer { isRunning.store(false, ordering: .releasing) }
    job = Job(body: body, tasks: tasks)
    done.store(0, ordering: .relaxed)
    // Beginning a round publishes the job: a thread reads it only after it has claimed a task.
    begin(tasks, on: min(tasks, counters.count))
    work(as: 0)
    signals[0].wait(spins: Self.spins) { done.load(ordering: .sequentiallyConsistent) == tasks }
    // Every task is done, so no thread reads the job now; what the closure holds must not live on.
    job = Job()
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    begin(0, on: counters.count)
  }

  func serve(as worker: Int) {
    var seen: UInt32 = 0
    while !isStopped.load(ordering: .relaxed) {
      signals[worker].wait(spins: Self.spins) { counters[worker].round != seen }
      seen = counters[worker].round
      work(as: worker)
    }
  }

  /// Begins a round on the first `workers` threads. To the others nothing has happened, so they sleep
  /// on: waking a thread that finds no task costs both it and the caller some microseconds.
  private func begin(_ tasks: Int, on workers: Int) {
    round &+= 1
    for worker in 0..<workers {
      counters[worker].begin(round, tasks: share(of: worker, tasks).count)
    }
    for worker in 1..<max(workers, 1) { signals[worker].wake() }
  }

  /// The tasks of a thread, of as many as take part.
  private func share(of worker: Int, _ tasks: Int) -> Range<Int> {
    let workers = tasks == 0 ? counters.count : min(tasks, counters.count)
    // Rounded up, so that the first threads, of which the caller is one, get the odd ones.
    let most = workers - 1
    return (worker * tasks + most) / workers..<((worker + 1) * tasks + most) / workers
  }

  /// Claims tasks and does them until none is left, its own first.
  private func work(as worker: Int) {
    for offset in 0..<counters.count {
      let owner = (worker + offset) % counters.count
      while let left = counters[owner].claim() {
        let tasks = job.tasks
        // Tasks are counted down, so that the first one claimed is the first of the share.
        perform(share(of: owner, tasks).upperBound - left, worker)
        if done.add(1, ordering: .sequentiallyConsistent).newValue == tasks { signals[0].wake() }
      }
    }
  }

  /// Apart, so that the closure is let go before the task counts as done.
  @inline(never)
  private func perform(_ task: Int, _ worker: Int) { job.body?(task, worker) }
}

/// How many of one thread's tasks are left to claim.
private final class TaskCounter: Sendable {
  // The number of the round above, the number of tasks in the low half: one word, so that a thread
  // that is late cannot take a task of the next round for one of the last.
  private let value = Atomic<UInt64>(0)

  var round: UInt32 {
    UInt32(truncatingIfNeeded: value.load(ordering: .sequentiallyConsistent) >> 32)
  }

  func begin(_ round: UInt32, tasks: Int) {
    value.store(UInt64(round) << 32 | UInt64(tasks), ordering: .sequentiallyConsistent)
  }

  /// The number of tasks that were left, this one among them; `nil` if there was none.
  func claim() -> Int? {
    var now = value.load(ordering: .acquiring)
    while now & 0xFFFF_FFFF != 0 {
      let (isClaimed, found) = value.compareExchange(
        expected: now, desired: now - 1, ordering: .acquiringAndReleasing)
      if isClaimed { return Int(now & 0xFFFF_FFFF) }
      now = found
    }
    return nil
  }
}

/// Where one thread waits: spinning for a moment, then asleep until it is woken.
private final class WakeSignal: Sendable {
  private let isAsleep = Atomic<Bool>(false)
  private let semaphore = DispatchSemaphore(value: 0)

  /// Returns once the condition holds. A thread that makes it hold must then call ``wake()``.
  func wait(spins: Int, until condition: () -> Bool) {
    for _ in 0..<spins {
      if condition() { return }
      ck_spin_hint()
    }
    // The waking thread makes the condition hold and then reads `isAsleep`; this one writes `isAsleep`
    // and then reads the condition. In one order for all threads, at least one of them notices the
    // other. Where both do, the semaphore was signalled or will be. It may also have been signalled
    // for a condition that was noticed before: hence the loop.
    while !condition() {
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      let hasNoticed =
        condition() && isAsleep.exchange(false, ordering: .sequentiallyConsistent)
      if !hasNoticed { semaphore.wait() }
    }
  }

  /// Wakes the thread that sleeps here, if one does.
  func wake() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { semaphore.signal() }
  }
}

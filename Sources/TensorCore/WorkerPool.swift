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
  ///
  /// - Precondition: No other run of the same pool is going on, in particular not the one that the
  ///   body is part of. What the body writes is apart for each task.
  public func run(_ tasks: Int, _ body: Body) {
    if count == 1 || tasks <= 1 {
      for task in 0..<tasks { body(task, 0) }
    } else {
      withoutActuallyEscaping(body) { shared.run(tasks, $0) }
    }
  }
}

/// What the threads of a pool have in common.
///
/// Tasks are claimed one by one from a ticket. The caller claims, too, and waits only for tasks that
/// somebody has claimed: a worker that gets no processor delays nobody.
private final class Shared: Sendable {
  private struct Job: @unchecked Sendable {
    var body: WorkerPool.Body?
    var tasks = 0
  }

  private static let spins = 4000

  // Written by the caller while no task is claimed, read by whoever has claimed one.
  private nonisolated(unsafe) var job = Job()
  /// The number of the round above, the number of tasks that are left to claim in the low half.
  private let ticket = Atomic<UInt64>(0)
  private let done = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let caller = Bed()
  private let workers: [Bed]

  init(workers: Int) { self.workers = (0..<workers).map { _ in Bed() } }

  func run(_ tasks: Int, _ body: @escaping WorkerPool.Body) {
    precondition(
      !isRunning.exchange(true, ordering: .acquiring), "A pool was asked to run two jobs at once.")
    defer { isRunning.store(false, ordering: .releasing) }
    job = Job(body: body, tasks: tasks)
    done.store(0, ordering: .relaxed)
    begin(tasks)
    work(as: 0)
    caller.rest(spins: Self.spins) { done.load(ordering: .sequentiallyConsistent) == tasks }
    job = Job()
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    begin(0)
  }

  func serve(as worker: Int) {
    var seen: UInt64 = 0
    while !isStopped.load(ordering: .relaxed) {
      workers[worker - 1].rest(spins: Self.spins) { round != seen }
      seen = round
      work(as: worker)
    }
  }

  private var round: UInt64 { ticket.load(ordering: .sequentiallyConsistent) >> 32 }

  private func begin(_ tasks: Int) {
    ticket.store((round + 1) << 32 | UInt64(tasks), ordering: .sequentiallyConsistent)
    for bed in workers { bed.ring() }
  }

  /// Claims tasks and does them until none is left.
  private func work(as worker: Int) {
    while let left = claim() {
      let tasks = job.tasks
      perform(tasks - left, worker)
      if done.add(1, ordering: .sequentiallyConsistent).newValue == tasks { caller.ring() }
    }
  }

  /// The number of tasks that were left, this one among them; `nil` if there was none.
  private func claim() -> Int? {
    var now = ticket.load(ordering: .acquiring)
    while now & 0xFFFF_FFFF != 0 {
      let (isClaimed, found) = ticket.compareExchange(
        expected: now, desired: now - 1, ordering: .acquiringAndReleasing)
      if isClaimed { return Int(now & 0xFFFF_FFFF) }
      now = found
    }
    return nil
  }

  /// On its own, so that the closure is let go before the task counts as done.
  @inline(never)
  private func perform(_ task: Int, _ worker: Int) { job.body?(task, worker) }
}

/// Where one thread waits: spinning for a moment, then asleep until somebody rings.
private final class Bed: Sendable {
  private let isOccupied = Atomic<Bool>(false)
  private let bell = DispatchSemaphore(value: 0)

  /// Returns once the condition holds; whoever makes it hold must ring afterwards.
  func rest(spins: Int, until condition: () -> Bool) {
    for _ in 0..<spins {
      if condition() { return }
      ck_spin_hint()
    }
    // Whoever rings has made the condition hold and then looks into the bed; whoever lies down does
    // it the other way round, so one of them notices the other. Where both do, the bell has rung or
    // will. It may also ring for a condition that was noticed before: hence the loop.
    while !condition() {
      isOccupied.store(true, ordering: .sequentiallyConsistent)
      let getsUp =
        condition() && isOccupied.exchange(false, ordering: .sequentiallyConsistent)
      if !getsUp { bell.wait() }
    }
  }

  /// Wakes whoever lies here.
  func ring() {
    if isOccupied.exchange(false, ordering: .sequentiallyConsistent) { bell.signal() }
  }
}

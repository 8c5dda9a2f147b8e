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
  /// - Precondition: No other run of the same pool is going on, in particular not the one that the
  ///   body is part of. What the body writes is apart for each task.
  public func run(_ tasks: Int, _ body: Body) {
    if count == 1 || tasks <= 1 {
      for task in 0..<tasks { body(task, 0) }
    } else {
      withoutActuallyEscaping(body) { shared.run(tasks, $0) }
    }
  }

  /// Does something with all parts of `0..<count`: with parts of at most 1024 numbers on the threads
  /// of a pool, with everything at once without one.
  ///
  /// Where the count is the same, so are the parts, and who does them is likely to be.
  ///
  /// - Precondition: As for ``run(_:_:)``.
  public static func runInParts(
    of count: Int, on pool: WorkerPool?, _ body: (_ part: Range<Int>) -> Void
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
/// stays in its cache; whoever has done its own takes from others, so that a thread that gets no
/// processor delays nobody. The caller waits only for tasks that somebody has claimed.
private final class Shared: Sendable {
  private struct Job: @unchecked Sendable {
    var body: WorkerPool.Body?
    var tasks = 0
  }

  private static let spins = 4000

  // Written by the caller while no task is claimed, read by whoever has claimed one.
  private nonisolated(unsafe) var job = Job()
  private nonisolated(unsafe) var round: UInt32 = 0
  private let done = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let tickets: [Ticket]
  private let beds: [Bed]

  init(threads: Int) {
    tickets = (0..<threads).map { _ in Ticket() }
    beds = (0..<threads).map { _ in Bed() }
  }

  func run(_ tasks: Int, _ body: @escaping WorkerPool.Body) {
    precondition(
      !isRunning.exchange(true, ordering: .acquiring), "A pool was asked to run two jobs at once.")
    defer { isRunning.store(false, ordering: .releasing) }
    job = Job(body: body, tasks: tasks)
    done.store(0, ordering: .relaxed)
    begin(tasks)
    work(as: 0)
    beds[0].rest(spins: Self.spins) { done.load(ordering: .sequentiallyConsistent) == tasks }
    job = Job()
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    begin(0)
  }

  func serve(as worker: Int) {
    var seen: UInt32 = 0
    while !isStopped.load(ordering: .relaxed) {
      beds[worker].rest(spins: Self.spins) { tickets[worker].round != seen }
      seen = tickets[worker].round
      work(as: worker)
    }
  }

  private func begin(_ tasks: Int) {
    round &+= 1
    for (worker, ticket) in tickets.enumerated() {
      ticket.begin(round, tasks: share(of: worker, tasks).count)
    }
    for bed in beds.dropFirst() { bed.ring() }
  }

  private func share(of worker: Int, _ tasks: Int) -> Range<Int> {
    // Rounded up, so that the first threads, of which the caller is one, get the odd ones.
    let most = tickets.count - 1
    return (worker * tasks + most) / tickets.count..<((worker + 1) * tasks + most) / tickets.count
  }

  /// Claims tasks and does them until none is left, its own first.
  private func work(as worker: Int) {
    for offset in 0..<tickets.count {
      let owner = (worker + offset) % tickets.count
      while let left = tickets[owner].claim() {
        let tasks = job.tasks
        perform(share(of: owner, tasks).upperBound - left, worker)
        if done.add(1, ordering: .sequentiallyConsistent).newValue == tasks { beds[0].ring() }
      }
    }
  }

  /// On its own, so that the closure is let go before the task counts as done.
  @inline(never)
  private func perform(_ task: Int, _ worker: Int) { job.body?(task, worker) }
}

/// How many of one thread's tasks are left to claim.
private final class Ticket: Sendable {
  /// The number of the round above, the number of tasks in the low half.
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

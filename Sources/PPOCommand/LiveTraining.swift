import Dispatch
import EnvironmentKit
import Experiments
import Foundation
import LossBalancing
import PolicyOptimization
import RolloutViewer
import Synchronization

/// Lets a window look at a training run that goes on at another thread.
///
/// The window asks twice a second; at the end of the next update the training hands over a copy of
/// its policy and of its losses. In between, an update looks at one number.
final class LiveTraining: Sendable {
  private struct Mailbox {
    var policy: TrainedPolicy?
    var view: TrainingView?
    var result: Result<Void, any Error>?
  }

  private let mailbox = Mutex(Mailbox())
  private let isAsked = Atomic<Bool>(true)
  private let isDone = DispatchSemaphore(value: 0)

  // MARK: At the thread that trains

  /// Hands over a policy.
  func show(_ policy: TrainedPolicy) {
    mailbox.withLock { $0.policy = policy }
  }

  /// Takes note of an event, and hands over the policy if it was requested or training ends.
  func record(_ event: TrainingEvent, policy: () -> TrainedPolicy) {
    guard case .updated(let report) = event else { return }
    let isLast = report.timestep >= report.totalTimesteps
    guard isAsked.exchange(false, ordering: .relaxed) || isLast else { return }
    let (policy, view) = (policy(), TrainingView(report))
    mailbox.withLock {
      $0.policy = policy
      $0.view = view
    }
  }

  private func finish(_ result: Result<Void, any Error>) {
    // What the training has printed must not wait for the window to be closed.
    fflush(nil)
    mailbox.withLock { $0.result = result }
    isDone.signal()
  }

  // MARK: At the main thread

  /// Does some training at another thread and shows it in a window.
  ///
  /// When the window is closed, or its display lost, the training goes on; when the training ends
  /// well the window stays until it is closed.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - seed: The seed of the episodes that are shown.
  ///   - work: The training, from its beginning to its end.
  /// - Throws: ``ViewerError`` if there can be no window, or what the training throws.
  static func watch(
    _ environment: any BatchableEnvironment, seed: UInt64,
    work: @escaping (LiveTraining) throws -> Void
  ) throws {
    let live = LiveTraining()
    try live.show(environment, seed: seed) { live.start(work) }
    live.isDone.wait()
    try live.mailbox.withLock { $0.result }?.get()
  }

  private func start(_ work: @escaping (LiveTraining) throws -> Void) {
    // The main thread does nothing with it any more.
    nonisolated(unsafe) let work = work
    let thread = Thread { self.finish(Result { try work(self) }) }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Opens the window, lets the training begin, and shows it until the window is closed.
  private func show(
    _ environment: any BatchableEnvironment, seed: UInt64, start: () -> Void
  ) throws {
    let interruption = Interruption()
    let window = try ViewerWindow(
      title: "\(environment.name) – training", picturesPerSecond: 15, isBackground: true)
    start()
    guard let policy = firstPolicy else { return }
    let player = try PolicyPlayer(policy, in: environment)
    let show = try ViewerContent(of: environment, by: player, seed: seed, isDeterministic: false)
    var lastAsked = ContinuousClock.now
    do {
      try window.run(show) { [self] in
        if let policy = takeNews(for: show) { player.policy = policy }
        if ContinuousClock.now - lastAsked > .milliseconds(500) {
          lastAsked = .now
          isAsked.store(true, ordering: .relaxed)
        }
        return interruption.isRequested || hasFailed
      }
    } catch ViewerError.displayLost {
      tell("The window was lost with its display; the training goes on without it.")
    } catch {
      // Such as that the policy has diverged, which the training finds by itself.
      tell("\(error) The training goes on without its window.")
    }
  }

  /// The policy before training, `nil` if training has ended before there was one.
  private var firstPolicy: TrainedPolicy? {
    while true {
      let (policy, isOver) = mailbox.withLock { ($0.policy, $0.result != nil) }
      if policy != nil || isOver { return policy }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  private func takeNews(for show: ViewerContent) -> TrainedPolicy? {
    mailbox.withLock { mailbox in
      if let view = mailbox.view { show.training = view }
      defer { mailbox.policy = nil }
      return mailbox.policy
    }
  }

  private var hasFailed: Bool {
    mailbox.withLock { if case .failure = $0.result { true } else { false } }
  }
}

extension TrainingView {
  fileprivate init(_ report: UpdateReport) {
    self.init(
      timestep: report.timestep, totalTimesteps: report.totalTimesteps,
      meanReturn: report.meanReturn,
      terms: zip(report.balance.names, zip(report.losses, report.weights)).map { name, numbers in
        Term(name: name, loss: numbers.0, weight: numbers.1)
      })
  }
}

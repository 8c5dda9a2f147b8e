import Foundation

/// Runs a body in which writing to a pipe without a reader fails with an error, as any other writing
/// does, instead of ending the process by the signal SIGPIPE.
///
/// It concerns the calling thread alone, and only during the body: what a program has chosen to do
/// about the signal elsewhere stays as it is.
func withoutBrokenPipeSignal<Result>(_ body: () throws -> Result) rethrows -> Result {
  var (brokenPipe, before) = (sigset_t(), sigset_t())
  sigemptyset(&brokenPipe)
  sigaddset(&brokenPipe, SIGPIPE)
  let wasPending = isBrokenPipePending
  pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
  defer {
    // A signal that the body raised would arrive as soon as it is not blocked any more.
    if !wasPending, isBrokenPipePending {
      var number: Int32 = 0
      sigwait(&brokenPipe, &number)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }
  return try body()
}

private var isBrokenPipePending: Bool {
  var pending = sigset_t()
  sigpending(&pending)
  return sigismember(&pending, SIGPIPE) == 1
}

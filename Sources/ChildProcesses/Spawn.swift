import Foundation

#if canImport(Darwin)
  /// What a new process does with descriptors before its program begins.
  package typealias FileActions = posix_spawn_file_actions_t?
  private typealias SpawnAttributes = posix_spawnattr_t?
#else
  /// What a new process does with descriptors before its program begins.
  package typealias FileActions = posix_spawn_file_actions_t
  private typealias SpawnAttributes = posix_spawnattr_t
#endif

/// Starts a program with the variables of this process.
///
/// No signal is blocked in it, and those that this process may ignore or handle are as usual.
/// Descriptors of this process are not inherited if they are closed on execution.
///
/// - Parameters:
///   - path: The program's file.
///   - arguments: What follows its name, which is the path.
///   - hasOwnGroup: Whether it leads a process group, which Ctrl-C in a terminal does not reach.
///   - prepare: Adds file actions.
/// - Returns: 0 or the error's number, and the process.
package func spawn(
  _ path: String, _ arguments: [String], hasOwnGroup: Bool = false,
  _ prepare: (inout FileActions) -> Void
) -> (code: Int32, id: pid_t) {
  #if canImport(Darwin)
    var actions: FileActions
    var attributes: SpawnAttributes
  #else
    var actions = FileActions()
    var attributes = SpawnAttributes()
  #endif
  posix_spawn_file_actions_init(&actions)
  posix_spawnattr_init(&attributes)
  defer {
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }
  prepare(&actions)
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGXFSZ] { sigaddset(&signals, number) }
  posix_spawnattr_setsigdefault(&attributes, &signals)
  var flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
  if hasOwnGroup {
    posix_spawnattr_setpgroup(&attributes, 0)
    flags |= Int16(POSIX_SPAWN_SETPGROUP)
  }
  posix_spawnattr_setflags(&attributes, flags)
  var words = ([path] + arguments).map { strdup($0) } + [nil]
  var variables =
    ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for word in words + variables { free(word) } }
  var id = pid_t()
  let code = posix_spawn(&id, path, &actions, &attributes, &words, &variables)
  return (code, id)
}

import Foundation
import TensorCore

/// The processor, and the most that it can do.
enum Machine {
  /// Its name, as the kernel of the operating system tells it.
  static let processor: String = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map(String.init) ?? "unknown"
    return name.trimmingCharacters(in: .whitespaces)
  }()

  /// Billions of floating-point operations a second of so many threads that do nothing but fused
  /// multiply-adds of the kernel level in use.
  static func peak(threads: Int) -> Double { PeakArithmetic.gigaflops(threads: threads) }
}

/// Seconds by the clock on the wall.
func elapsed(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try body()
  return (clock.now - start) / .seconds(1)
}

/// How many cores other programs keep busy from now on.
struct OtherLoad {
  private let start = Self.now()

  /// On average since the beginning; 0 where the system does not tell.
  var cores: Double {
    let now = Self.now()
    let others = (now.machine - start.machine) - (now.own - start.own)
    return max(0, others / max(now.time - start.time, 1e-3))
  }

  /// Seconds that the machine has worked, that this process and its children have worked, and the
  /// time.
  private static func now() -> (machine: Double, own: Double, time: Double) {
    let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
    let numbers = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap {
      Double($0)
    }
    // user, nice, system, then idle and waiting, interrupts, and what the host took.
    let busy = [0, 1, 2, 5, 6, 7].reduce(0) {
      $0 + (numbers.indices.contains($1) ? numbers[$1] : 0)
    }
    var own = tms()
    times(&own)
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    let worked = own.tms_utime + own.tms_stime + own.tms_cutime + own.tms_cstime
    return (busy / ticks, Double(worked) / ticks, Date().timeIntervalSince1970)
  }
}

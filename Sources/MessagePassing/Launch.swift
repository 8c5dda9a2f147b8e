import Foundation

/// What a launcher of MPI, such as `mpirun` or `srun`, has told this process by variables, before MPI
/// itself is begun.
public struct Launch: Sendable, Hashable {
  /// The number of this process, from 0.
  public let rank: Int
  /// How many processes were started together.
  public let count: Int
  /// How many of them run on this machine.
  public let localCount: Int

  /// The launch of this process; `nil` where it was started alone.
  public static let current = Launch(ProcessInfo.processInfo.environment)

  /// Reads variables: those of Open MPI, those of MPICH and its relatives, and those of PMIx with which
  /// Slurm gives the number of processes.
  ///
  /// - Parameter variables: The environment of a process.
  public init?(_ variables: [String: String]) {
    func number(_ names: [String]) -> Int? {
      names.lazy.compactMap { variables[$0].flatMap(Int.init) }.first
    }
    guard let rank = number(["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"]),
      let count = number(["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"]), count > 1,
      0..<count ~= rank
    else { return nil }
    self.rank = rank
    self.count = count
    let local = number([
      "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE",
    ])
    localCount = min(max(local ?? 1, 1), count)
  }
}

import Foundation
import MessagePassing
import Testing

/// What a launcher of MPI finds, without MPI: the variables that it sets are enough.
@Suite("The program started several times by a launcher")
struct RankCommandTests {
  @Test("reads the variables of Open MPI, MPICH and Slurm")
  func readsVariables() throws {
    let open = try #require(
      Launch([
        "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "8", "OMPI_COMM_WORLD_LOCAL_SIZE": "4",
      ]))
    #expect((open.rank, open.count, open.localCount) == (3, 8, 4))
    let mpich = try #require(Launch(["PMI_RANK": "1", "PMI_SIZE": "2", "MPI_LOCALNRANKS": "2"]))
    #expect((mpich.rank, mpich.count, mpich.localCount) == (1, 2, 2))
    let slurm = try #require(Launch(["PMIX_RANK": "5", "SLURM_NTASKS": "6"]))
    #expect((slurm.rank, slurm.count, slurm.localCount) == (5, 6, 1))
  }

  @Test(
    "is alone where nothing, or nothing usable, says otherwise",
    arguments: [
      [:], ["SLURM_NTASKS": "6", "SLURM_PROCID": "0"],
      ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"], ["PMI_RANK": "0"],
      ["PMI_RANK": "2", "PMI_SIZE": "2"], ["PMI_RANK": "-1", "PMI_SIZE": "2"],
      ["PMI_RANK": "zero", "PMI_SIZE": "two"],
    ])
  func isAlone(_ variables: [String: String]) { #expect(Launch(variables) == nil) }

  #if !MPI
    @Test(
      "refuses to train that often into one folder, and says how to rebuild",
      arguments: [
        ["train", "--env", "cartpole", "--total-timesteps", "2048"],
        ["compare", "--env", "cartpole", "--balancers", "fixed", "--seeds", "1"],
      ])
    func refuses(_ arguments: [String]) throws {
      try CommandLineRun.inFolder { folder in
        let run = try CommandLineRun(
          arguments + ["--output", "run"], in: folder,
          environment: ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "4"])
        #expect(run.status == 1)
        #expect(
          run.errors == """
            ppo: This program was started as 4 processes, each of which would train by itself: it was built \
            without MPI. Rebuild it with: swift build -c release --product ppo --traits MPI

            """)
        #expect(run.output.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      }
    }
  #endif

  @Test("prints by its first process alone what all would say")
  func printsOnce() throws {
    try CommandLineRun.inFolder { folder in
      func run(_ rank: Int) throws -> CommandLineRun {
        try CommandLineRun(
          ["train", "--env", "cartpole", "--threads", "0"], in: folder,
          environment: ["PMI_RANK": "\(rank)", "PMI_SIZE": "2"])
      }
      let first = try run(0)
      #expect(first.status == 64)
      #expect(first.errors == "ppo: --threads is 0; it must be at least 1.\n")
      let second = try run(1)
      #expect(second.status == 64)
      // No launcher has ended it meanwhile.
      #expect(second.errors == "Rank 1: ppo: --threads is 0; it must be at least 1.\n")
    }
  }
}

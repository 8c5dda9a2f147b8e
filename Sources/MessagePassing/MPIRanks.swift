#if MPI
  import CMPI
  import Foundation
  import TensorCore

  /// The processes that a launcher of MPI has started together.
  ///
  /// Bytes are all that is exchanged, between two processes each, so the result depends on no algorithm
  /// of MPI; reductions, whose order is MPI's own choice, are not used. Only the thread that has called
  /// ``join(secondsToWait:)`` may call the others.
  ///
  /// A process that waits for others asks again and again, more and more rarely, so that it takes no core
  /// from their threads.
  public struct MPIRanks: RankGroup {
    /// The number of this process, from 0.
    public let rank: Int
    /// The number of processes.
    public let count: Int
    private let secondsToWait: Double

    /// The largest piece that is sent at once: counts have 32 bits.
    private static var largestPiece: Int { 1 << 30 }

    /// Begins MPI.
    ///
    /// - Parameter secondsToWait: After how long a rank that does not answer counts as lost.
    /// - Returns: The group of all processes.
    /// - Throws: ``MessagePassingError`` if MPI cannot be begun.
    public static func join(secondsToWait: Double) throws(MessagePassingError) -> MPIRanks {
      // Where MPI itself waits, at the beginning and the end, it is to leave the core to others.
      setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0)
      var provided: Int32 = 0
      let status = MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided)
      guard status == MPI_SUCCESS, cmpi_return_errors() == MPI_SUCCESS else {
        throw MessagePassingError(
          description: "MPI cannot be begun (error \(status)); see what the launcher says.")
      }
      var (rank, count): (Int32, Int32) = (0, 1)
      MPI_Comm_rank(cmpi_world(), &rank)
      MPI_Comm_size(cmpi_world(), &count)
      return MPIRanks(rank: Int(rank), count: Int(count), secondsToWait: secondsToWait)
    }

    /// Ends MPI, when no rank needs another any more.
    public func leave() {
      // A rank that is lost must not keep the others.
      alarm(30)
      MPI_Finalize()
      alarm(0)
    }

    /// Brings bytes of all ranks to all ranks: each sends its own to each other.
    public func gather(
      _ own: UnsafeRawBufferPointer, counts: [Int], into all: UnsafeMutableRawBufferPointer
    ) {
      var first = 0
      var requests: [MPI_Request?] = []
      for (peer, count) in counts.enumerated() {
        let place = UnsafeMutableRawBufferPointer(rebasing: all[first..<first + count])
        if peer == rank {
          place.copyMemory(from: own)
        } else {
          receive(place, from: peer, &requests)
        }
        first += count
      }
      // Not all to rank 0 first.
      for offset in 1..<max(count, 1) { send(own, to: (rank + offset) % count, &requests) }
      wait(for: &requests)
    }

    /// Exchanges bytes with one other rank.
    public func exchange(
      _ own: UnsafeRawBufferPointer, with peer: Int, into others: UnsafeMutableRawBufferPointer
    ) {
      var requests: [MPI_Request?] = []
      receive(others, from: peer, &requests)
      send(own, to: peer, &requests)
      wait(for: &requests)
    }

    /// Ends all processes with a sentence. Where ranks fail together rank 0 says it, and the others
    /// only if it does not.
    public func abort(_ status: Int32, _ sentence: String) -> Never {
      if rank > 0 { Thread.sleep(forTimeInterval: 1) }
      FileHandle.standardError.write(Data("\(sentence)\n".utf8))
      end(status)
    }

    /// Ends all processes at once.
    public func end(_ status: Int32) -> Never {
      // The launcher may be out of reach.
      alarm(5)
      MPI_Abort(cmpi_world(), status)
      exit(status)
    }

    // MARK: Messages

    private func send(
      _ bytes: UnsafeRawBufferPointer, to peer: Int, _ requests: inout [MPI_Request?]
    ) {
      for piece in pieces(of: bytes.count) {
        var request: MPI_Request?
        check(
          cmpi_send(
            bytes.baseAddress.map { $0 + piece.lowerBound }, Int32(piece.count), Int32(peer),
            &request))
        requests.append(request)
      }
    }

    private func receive(
      _ bytes: UnsafeMutableRawBufferPointer, from peer: Int, _ requests: inout [MPI_Request?]
    ) {
      for piece in pieces(of: bytes.count) {
        var request: MPI_Request?
        check(
          cmpi_receive(
            bytes.baseAddress.map { $0 + piece.lowerBound }, Int32(piece.count), Int32(peer),
            &request))
        requests.append(request)
      }
    }

    private func pieces(of count: Int) -> [Range<Int>] {
      stride(from: 0, to: count, by: Self.largestPiece).map {
        $0..<min($0 + Self.largestPiece, count)
      }
    }

    /// Waits until all messages have come and gone.
    private func wait(for requests: inout [MPI_Request?]) {
      var (isDone, tries): (Int32, Int) = (0, 0)
      var begun: ContinuousClock.Instant?
      while true {
        check(cmpi_test(Int32(requests.count), &requests, &isDone))
        if isDone != 0 { return }
        tries += 1
        // Messages within a machine take microseconds; only then is there time to look at a clock.
        if tries < 200 { continue }
        if tries < 2_000 {
          sched_yield()
          continue
        }
        let start = begun ?? .now
        begun = start
        if (ContinuousClock.now - start) / .seconds(1) > secondsToWait {
          abort(
            1,
            """
            Rank \(rank) has waited \(secondsToWait) s for another one, which is lost or takes longer; \
            resume the run from its checkpoint, or let --rank-timeout be longer.
            """)
        }
        usleep(tries < 20_000 ? 50 : 500)
      }
    }

    private func check(_ status: Int32) {
      if status == MPI_SUCCESS { return }
      abort(
        1,
        """
        Rank \(rank) cannot reach another one (MPI error \(status)); resume the run from its checkpoint.
        """)
    }
  }
#endif

import ArgumentParser
import Experiments
import LossBalancing

struct Balancers: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "List the loss balancers.",
      discussion: """
        Example:
          \(program) balancers
          \(program) train --env \(exampleEnvironment) --shared-trunk --balancer log
        """)
  }

  @Flag(help: "Print one JSON object on standard output.") var json = false

  func run() throws {
    let rows = Program.current.balancers.methods.map { BalancerRow($0.description) }
    if json { return try printJSON(["balancers": rows]) }
    try printResult(table([["name", "what it does"]] + rows.map { [$0.name, $0.summary] }))
  }
}

private struct BalancerRow: Encodable {
  let name: String
  let summary: String
  let source: String

  init(_ description: BalancerDescription) {
    name = description.name
    summary = description.summary
    source = description.source
  }
}

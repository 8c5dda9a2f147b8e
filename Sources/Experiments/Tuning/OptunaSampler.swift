import ChildProcesses
import Foundation
import PolicyOptimization

/// Proposes candidates with Optuna, in the Python of the user.
///
/// A Python process is asked for candidates and told of their scores, one JSON object a line. Scores of
/// trials that were stopped are reported as pruned. Optuna's samplers are seeded, so that a search that is
/// repeated, or goes on, has the same candidates with the same version of Optuna; with a storage, those that
/// the table has are not asked for again.
public final class OptunaSampler: CandidateSampler {
  /// The samplers that can be chosen.
  public static let samplers = ["tpe", "cma-es", "gp"]

  /// `optuna`, the sampler and the version of Optuna.
  public let name: String

  private let space: SearchSpace
  private let process: LineProcess
  private let python: String
  private let known: (Int) -> [Double]?
  private var told: Set<Int> = []

  /// Starts Python.
  ///
  /// - Parameters:
  ///   - sampler: One of ``samplers``.
  ///   - space: The space.
  ///   - seed: The seed of the sampler.
  ///   - storage: Where Optuna stores its study, such as `sqlite:///study.db`; `nil` for nowhere.
  ///   - study: The name of the study.
  ///   - python: The Python, as `--python` names it.
  ///   - table: The trials of the search before, whose candidates are in the storage.
  /// - Throws: ``TuningError`` if there is no Python, or no Optuna in it.
  public init(
    _ sampler: String, space: SearchSpace, seed: UInt64, storage: String? = nil, study: String,
    python: String? = nil, table: TrialTable? = nil
  ) throws {
    self.space = space
    guard let path = pythonPath(named: python) else {
      throw TuningError(
        description: """
          No Python was found for Optuna; give the path of its program with --python, or search with \
          --sampler halving.
          """)
    }
    self.python = path
    known = storage == nil ? { _ in nil } : { table?.point(of: $0, seed: seed) }
    let source = String(decoding: PackageResources.optuna_worker_py, as: UTF8.self)
    do {
      process = try LineProcess(path, ["-c", source])
    } catch {
      throw TuningError(description: "\(path) cannot be started: \(error).")
    }
    let start = Start(
      sampler: sampler, seed: seed & 0xFFFF_FFFF, storage: storage, study: study,
      dimensions: space.dimensions.map(OptunaDimension.init))
    let answer = try Self.answer(of: process, to: start, path)
    name = "optuna \(answer.version ?? "") \(sampler)"
  }

  /// Tells of what has ended, and asks for a candidate.
  public func point(of number: Int, after results: [ScoredPoint]) throws -> [Double] {
    if let point = known(number) { return point }
    let new = results.filter { !told.contains($0.number) }.sorted { $0.number < $1.number }
    told.formUnion(new.map(\.number))
    let question = Question(
      tell: new.map { result in
        Tell(
          number: result.number,
          state: result.score == nil ? "failed" : result.isStopped ? "stopped" : "complete",
          score: result.score,
          values: zip(space.dimensions, result.point).map {
            OptunaDimension($0).value(at: $1, of: $0)
          })
      }, ask: number)
    let answer = try Self.answer(of: process, to: question, python)
    guard let values = answer.values, values.count == space.dimensions.count else {
      throw TuningError(description: "Optuna has given no candidate.")
    }
    return zip(space.dimensions, values).map { OptunaDimension($0).part(of: $1, of: $0) }
  }

  // MARK: Messages

  private struct Start: Encodable {
    let sampler: String
    let seed: UInt64
    let storage: String?
    let study: String
    let dimensions: [OptunaDimension]
  }

  private struct Question: Encodable {
    let tell: [Tell]
    let ask: Int
  }

  private struct Tell: Encodable {
    let number: Int
    let state: String
    let score: Double?
    let values: [OptunaValue]
  }

  private struct Answer: Decodable {
    let version: String?
    let values: [OptunaValue]?
    let missing: String?
    let error: String?
  }

  private static func answer(
    of process: LineProcess, to message: some Encodable, _ python: String
  ) throws -> Answer {
    guard let line = process.answer(to: try JSONEncoder().encode(message)),
      let answer = try? JSONDecoder().decode(Answer.self, from: Data(line))
    else {
      throw TuningError(
        description: "\(python), which runs Optuna, ended without an answer; its errors say why.")
    }
    if let module = answer.missing {
      throw TuningError(
        description: """
          \(python) has no \(module), which the sampler needs; install it with '\(python) -m pip install \
          \(module)', name another Python with --python, or search with --sampler halving.
          """)
    }
    if let error = answer.error {
      throw TuningError(description: "Optuna has failed: \(error)")
    }
    return answer
  }
}

/// A value as Optuna has it: a number, a place among ordered choices, or a choice as text.
private enum OptunaValue: Codable {
  case number(Double)
  case text(String)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

/// A dimension as Optuna has it; what is searched in logarithms of 1 − x has that as its value.
private struct OptunaDimension: Encodable {
  let name: String
  let kind: String
  var low: Double?
  var high: Double?
  var choices: [String]?

  init(_ dimension: SearchSpace.Dimension) {
    switch dimension.range {
    case .linear(let lowest, let highest):
      (name, kind, low, high) = (dimension.name, "linear", lowest, highest)
    case .logarithmic(let lowest, let highest):
      (name, kind, low, high) = (dimension.name, "log", lowest, highest)
    case .logarithmicFromOne(let lowest, let highest):
      (name, kind, low, high) = ("1 - \(dimension.name)", "log", 1 - highest, 1 - lowest)
    case .choices(let values):
      let areNumbers = values.allSatisfy { $0.number != nil }
      (name, kind) = (dimension.name, areNumbers ? "ordered" : "choices")
      choices = values.map(\.description)
    }
  }

  func value(at part: Double, of dimension: SearchSpace.Dimension) -> OptunaValue {
    let value = dimension.range.value(at: part)
    switch dimension.range {
    case .choices(let values):
      let place = values.firstIndex(of: value) ?? 0
      return kind == "ordered" ? .number(Double(place)) : .text(values[place].description)
    case .logarithmicFromOne: return .number(min(max(1 - (value.number ?? 0), low ?? 0), high ?? 1))
    default: return .number(min(max(value.number ?? 0, low ?? 0), high ?? 1))
    }
  }

  func part(of value: OptunaValue, of dimension: SearchSpace.Dimension) -> Double {
    switch (value, dimension.range) {
    case (.text(let text), .choices(let values)):
      let place = values.firstIndex { $0.description == text } ?? 0
      return (Double(place) + 0.5) / Double(values.count)
    case (.number(let number), .choices(let values)):
      return (number + 0.5) / Double(values.count)
    case (.number(let number), .logarithmicFromOne):
      return dimension.range.part(of: .real(1 - number)) ?? 0.5
    case (.number(let number), _): return dimension.range.part(of: .real(number)) ?? 0.5
    case (.text, _): return 0.5
    }
  }
}

import EnvironmentKit
import Foundation

// What is said to a worker, and what it answers; see `worker.py`.

/// Asks for an environment, or for the ids that are registered.
struct EnvironmentRequest: Encodable {
  var id: String?
  var options: [String: OptionValue] = [:]
  var timeLimit: Int?
  var masks = false
  var preprocessing: ImagePreprocessing?
  var planesFirst = false

  private enum CodingKeys: String, CodingKey {
    case id, options, masks, preprocessing
    case planesFirst = "planes_first"
    case timeLimit = "time_limit"
  }
}

/// A worker's description of an environment.
struct EnvironmentDescription: Decodable, Hashable {
  struct Part: Decodable, Hashable {
    let name: String
    let shape: [Int]
    let element: ObservationLayout.Element
    let lowest: Bounds
    let highest: Bounds
  }

  struct Actions: Decodable, Hashable {
    let counts: [Int]?
    let lowest: [Float?]?
    let highest: [Float?]?
  }

  let id: String
  let observations: [Part]
  let actions: Actions
  let isOneChoice: Bool
  let timeLimit: Int?
  let rewardThreshold: Double?
  let framesPerSecond: Double?
  let versions: [String: String]

  private enum CodingKeys: String, CodingKey {
    case id, observations, actions, versions
    case isOneChoice = "is_one_choice"
    case timeLimit = "time_limit"
    case rewardThreshold = "reward_threshold"
    case framesPerSecond = "frames_per_second"
  }
}

/// A number for all elements, or one for each; `null` where there is no bound.
enum Bounds: Decodable, Hashable {
  case one(Float?)
  case each([Float?])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .one(nil)
    } else if let number = try? container.decode(Float.self) {
      self = .one(number)
    } else {
      self = .each(try container.decode([Float?].self))
    }
  }

  /// The bounds of so many elements.
  func numbers(_ count: Int, unbounded: Float) -> [Float] {
    switch self {
    case .one(let number): Array(repeating: number ?? unbounded, count: count)
    case .each(let numbers): numbers.map { $0 ?? unbounded }
    }
  }
}

/// How many copies a worker makes, and where their numbers lie.
struct Preparation: Encodable {
  let count: Int
  let size: Int
  let arrays: [String: Place]
  let restarts: Bool
  let reseeds: Bool

  /// `[offset, element, width]`.
  struct Place: Encodable {
    let offset: Int
    let element: String
    let width: Int

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(offset)
      try container.encode(element)
      try container.encode(width)
    }
  }
}

/// Starts new episodes by the seeds that lie ready.
struct ResetRequest: Encodable {
  let reset: [Int]
}

/// Goes through an episode again.
struct ReplayRequest: Encodable {
  let replay: Int
  /// The actions, in single precision.
  let actions: Data
}

/// What a worker answers, whatever was asked.
struct WorkerAnswer: Decodable {
  var error: String?
  var kind: String?
  var row: Int?
  var doing: String?
  var place: String?
  var traceback: String?
  var names: [String]?
  var steps: Int?
  var ended: Bool?
}

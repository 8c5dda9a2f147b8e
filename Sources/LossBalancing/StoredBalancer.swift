/// Any balancer as it is written into a checkpoint: its name and its state.
///
/// ```json
/// {"name": "running-max", "state": {…}}
/// ```
///
/// Reading looks the name up in the ``BalancerRegistry`` of the decoder's `userInfo`, or else in
/// the standard one, and refuses a state that does not fit its terms.
public struct StoredBalancer: Sendable, Codable {
  /// The balancer.
  public var balancer: any LossBalancer

  /// Makes `balancer` ready to be written.
  public init(_ balancer: any LossBalancer) {
    self.balancer = balancer
  }

  private enum CodingKeys: String, CodingKey {
    case name
    case state
  }

  /// Reads a balancer and checks that its state fits its terms.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let registry = decoder.userInfo[.balancerRegistry] as? BalancerRegistry ?? .standard
    let type = try registry.type(named: container.decode(String.self, forKey: .name))
    balancer = try type.init(from: container.superDecoder(forKey: .state))
    try balancer.requirePriorities()
    try balancer.validate()
  }

  /// Writes the name and the state.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type(of: balancer).description.name, forKey: .name)
    try balancer.encode(to: container.superEncoder(forKey: .state))
  }
}

extension CodingUserInfoKey {
  /// The registry that a ``StoredBalancer`` is read with, for a program with balancers of its own.
  public static var balancerRegistry: CodingUserInfoKey {
    guard let key = CodingUserInfoKey(rawValue: "LossBalancing.balancerRegistry") else {
      preconditionFailure("A key of a decoder's user information could not be made.")
    }
    return key
  }
}

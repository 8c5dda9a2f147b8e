import EnvironmentKit
import PolicyOptimization

extension TrainedPolicy {
  /// Writes the policy in another form, which takes a raw observation and gives an action that the
  /// environment can take: normalisation and its clipping, all layers, what is remembered, masks and
  /// bounds are in it.
  ///
  ///     let exported = try policy.exported(as: .c, for: CartPole())
  ///     try Data(exported.bytes).write(to: file)
  ///
  /// - Parameters:
  ///   - format: The form.
  ///   - environment: The environment that the policy was trained in.
  ///   - options: What can be chosen.
  /// - Returns: The bytes of the file, and the names of what goes in and comes out.
  /// - Throws: ``ExportError`` if a layer has no such form or the options do not fit, and
  ///   `NetworkMismatch` if the policy does not fit the environment.
  public func exported(
    as format: PolicyFormat, for environment: any BatchableEnvironment,
    options: ExportOptions = ExportOptions()
  ) throws -> ExportedPolicy {
    let model = try PolicyModel(self, in: environment)
    switch format {
    case .onnx: return OnnxModel(model, options).exported
    case .c: return try CHeader(model, options, example: Example(self, in: environment)).exported
    }
  }
}

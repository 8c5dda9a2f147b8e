import EnvironmentKit
import NeuralNetworks
import PolicyOptimization

// Actions that are real numbers.

extension CHeader {
  func addNumbers(
    _ box: BoxSpace, _ deviations: PolicyModel.Deviations, areSquashed: Bool, to text: inout CText
  ) {
    if options.isStochastic { addNoise(deviations, count: box.count, to: &text) }
    text.add("  for (i = 0; i < \(box.count); i++) {")
    if areSquashed {
      addSquashing(box, to: &text)
    } else {
      text.add(
        """
            const float above = @lowest[i] >= outputs[i] ? @lowest[i] : outputs[i];
            action[i] = @highest[i] < above ? @highest[i] : above;
        """)
    }
    text.add("  }")
  }

  private func addSquashing(_ box: BoxSpace, to text: inout CText) {
    let distances = zip(box.lowest, box.highest).map { $1 - $0 }
    text.add("    const float part = 0.5f * (@tanh(outputs[i]) + 1.0f);")
    if distances.allSatisfy(\.isFinite) {
      text.add("    const float number = @lowest[i] + part * (@highest[i] - @lowest[i]);")
    } else {
      text.add(
        """
            const float distance = @highest[i] - @lowest[i];
            const float number = distance <= 3.4028235e+38f
              ? @lowest[i] + part * distance : @lowest[i] * (1.0f - part) + @highest[i] * part;
        """)
    }
    text.add("    action[i] = @highest[i] < number ? @highest[i] : number;")
  }

  /// Adds the noise to the means, before they are bounded.
  private func addNoise(_ deviations: PolicyModel.Deviations, count: Int, to text: inout CText) {
    switch deviations {
    case .constant:
      text.add(
        """
          for (i = 0; i < \(count); i++)
            outputs[i] = outputs[i] + @exp(@log_deviations[i]) * noise[i];
        """)
    case .layer(let layer, let bounds):
      let (lowest, highest) = (CText.literal(bounds.lowerBound), CText.literal(bounds.upperBound))
      text.add("  {\n    float logs[\(count)];")
      text.add(layer.call(from: "features", to: "logs").map { "  " + $0 })
      text.add(
        """
            for (i = 0; i < \(count); i++) {
              logs[i] = \(lowest) > logs[i] ? \(lowest) : logs[i];
              logs[i] = \(highest) < logs[i] ? \(highest) : logs[i];
              outputs[i] = outputs[i] + @exp(logs[i]) * noise[i];
            }
          }
        """)
    case .exploration:
      text.add(
        """
          for (i = 0; i < \(count); i++) {
            float variance = 1e-6f;
            int32_t k;
            for (k = 0; k < \(model.policy.outputCount); k++)
              variance = @fma(
                features[k] * features[k], @exp(2.0f * @log_deviations[k * \(count) + i]), variance);
            outputs[i] = outputs[i] + @exp(0.5f * @log(variance)) * noise[i];
          }
        """)
    }
  }
}

import EnvironmentKit
import NeuralNetworks
import PolicyOptimization

// The function that acts.

extension CHeader {
  /// The number of choices of all components; 0 for real numbers.
  var choiceCount: Int {
    if case .choices(let counts, _, _) = model.actions { counts.reduce(0, +) } else { 0 }
  }

  /// Whether the action is a single choice, which the function returns.
  var returnsChoice: Bool {
    if case .choices(_, let isSingle, _) = model.actions { isSingle } else { false }
  }

  /// Whether the caller gives the valid choices.
  var hasMask: Bool {
    if case .choices(_, _, let areMasked) = model.actions { areMasked } else { false }
  }

  /// How many numbers an action has.
  var actionCount: Int { model.environment.actions.componentCount }

  /// The C type of a number of an action.
  var actionType: String { choiceCount > 0 ? "int32_t" : "float" }

  /// The names of the arguments, and how they are declared.
  var parameters: [(name: String, declaration: String)] {
    var all = [("observation", "const float observation[\(model.environment.observationCount)]")]
    if hasMask { all.append(("valid", "const uint8_t valid[\(choiceCount)]")) }
    if options.isStochastic { all.append(("noise", "const float noise[\(actionCount)]")) }
    if memoryCount > 0 { all.append(("memory", "@memory *memory")) }
    if !returnsChoice { all.append(("action", "\(actionType) action[\(actionCount)]")) }
    if options.givesValue { all.append(("value", "float *value")) }
    return all
  }

  func addAction(to text: inout CText) {
    addChoosing(to: &text)
    let arguments = parameters.map(\.declaration).joined(separator: ", ")
    text.add("\n/* Chooses an action. */")
    text.add("static inline \(returnsChoice ? "int32_t" : "void") @act(\(arguments)) {")
    addVariables(to: &text)
    addNormalization(to: &text)
    let memory = model.policy.memoryCount > 0 ? "memory->numbers, " : ""
    text.add("  @\(model.policy.name)_features(\(input), \(memory)features);")
    text.add(model.policyHead.call(from: "features", to: "outputs"))
    if options.givesValue { addValue(to: &text) }
    switch model.actions {
    case .choices(let counts, _, _): addChoices(counts, to: &text)
    case .numbers(let box, let deviations, let areSquashed):
      addNumbers(box, deviations, areSquashed: areSquashed, to: &text)
    }
    text.add("}")
  }

  private var input: String { model.normalization == nil ? "observation" : "x" }

  private func addVariables(to text: inout CText) {
    if model.normalization != nil {
      text.add("  float x[\(model.environment.observationCount)];")
    }
    text.add("  float features[\(model.policy.outputCount)];")
    text.add("  float outputs[\(model.policyHead.outputs)];")
    if options.givesValue {
      if let value = model.value { text.add("  float value_features[\(value.outputCount)];") }
      text.add("  float prediction[1];")
    }
    if needsIndex { text.add("  int32_t i;") }
  }

  private var needsIndex: Bool {
    model.normalization != nil || choiceCount == 0 || hasMask
  }

  private func addNormalization(to text: inout CText) {
    guard let normalization = model.normalization else { return }
    let bound = CText.literal(normalization.bound)
    text.add(
      """
        for (i = 0; i < \(model.environment.observationCount); i++) {
          x[i] = (observation[i] - @means[i]) * @scales[i];
          x[i] = -\(bound) >= x[i] ? -\(bound) : x[i];
          x[i] = \(bound) < x[i] ? \(bound) : x[i];
        }
      """)
  }

  private func addValue(to text: inout CText) {
    if let value = model.value {
      let memory = value.memoryCount > 0 ? "memory->numbers + \(model.policy.memoryCount), " : ""
      text.add("  @value_features(\(input), \(memory)value_features);")
    }
    let features = model.value == nil ? "features" : "value_features"
    text.add(model.valueHead.call(from: features, to: "prediction"))
    switch model.valueScale {
    case .linear(let shift, let scale):
      let (scale, shift) = (CText.literal(Float(scale)), CText.literal(Float(shift)))
      text.add("  *value = @fma(\(scale), prediction[0], \(shift));")
    case .symlog(let scale):
      let scale = CText.literal(Float(scale))
      text.add(
        """
          *value = prediction[0] < 0.0f ? -\(scale) * (@exp(-prediction[0]) - 1.0f)
                                        : \(scale) * (@exp(prediction[0]) - 1.0f);
        """)
    case nil: break
    }
  }

  /// Adds the function that takes a choice by its probability.
  private func addChoosing(to text: inout CText) {
    guard choiceCount > 0 else { return }
    guard options.isStochastic else {
      return text.add(
        """

        /* The first of the most probable choices. */
        static inline int32_t @most_probable(const float *logarithms, int32_t n) {
          int32_t best = 0, i;
          for (i = 1; i < n; i++)
            if (logarithms[i] > logarithms[best]) best = i;
          return best;
        }
        """)
    }
    text.add(
      """

      /* The first choice at which the sum of the probabilities exceeds a number in [0, 1). */
      static inline int32_t @drawn(const float *logarithms, int32_t n, float number) {
        int32_t choice;
        for (choice = 0; choice < n - 1; choice++) {
          number -= @exp(logarithms[choice]);
          if (number < 0.0f) return choice;
        }
        while (choice > 0 && !(@exp(logarithms[choice]) > 0.0f)) choice--;
        return choice;
      }
      """)
  }

  private func addChoices(_ counts: [Int], to text: inout CText) {
    if hasMask {
      text.add(
        "  for (i = 0; i < \(choiceCount); i++) outputs[i] += valid[i] ? 0.0f : -1e8f;")
    }
    var first = 0
    for (component, count) in counts.enumerated() {
      let scores = first == 0 ? "outputs" : "outputs + \(first)"
      text.add("  @log_softmax(\(scores), \(count));")
      let choice =
        options.isStochastic
        ? "@drawn(\(scores), \(count), noise[\(component)])"
        : "@most_probable(\(scores), \(count))"
      text.add(returnsChoice ? "  return \(choice);" : "  action[\(component)] = \(choice);")
      first += count
    }
  }
}

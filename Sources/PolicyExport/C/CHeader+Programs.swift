import EnvironmentKit
import PolicyOptimization

// What runs a policy: a test of itself, and a program that reads observations.

extension CHeader {
  func addSelfTest(to text: inout CText) {
    let actions = options.isStochastic ? example.drawnActions : example.actions
    text.add(
      "\n/* \(Example.steps) made-up observations, one after another, and what the policy does. */")
    text.add(constants: "@example_observations", example.observations)
    text.add(constants: "@example_actions", actions)
    text.add(
      """

      /* The greatest difference between what this program does and the stored example; expect 0. */
      static inline float @self_test(void) {
        float greatest = 0.0f, difference;
        int32_t step, i;
      """)
    addVariables(to: &text)
    text.add("  for (step = 0; step < \(Example.steps); step++) {")
    let example = "@example_observations + step * \(model.environment.observationCount)"
    addCall(observation: example, to: &text)
    text.add(
      """
          for (i = 0; i < \(actionCount); i++) {
            difference = (float)action[i] - @example_actions[step * \(actionCount) + i];
            if (difference < 0.0f) difference = -difference;
            /* A number that is none is no agreement, whatever follows. */
            if (!(difference <= 3.4028235e38f)) return 3.4028235e38f;
            if (difference > greatest) greatest = difference;
          }
        }
        return greatest;
      }
      """)
  }

  /// Adds what the function is called with, besides the observation.
  private func addVariables(to text: inout CText) {
    if hasMask { text.add("  uint8_t valid[\(choiceCount)];") }
    if options.isStochastic { text.add("  float noise[\(actionCount)];") }
    if memoryCount > 0 { text.add("  @memory memory;") }
    text.add("  \(actionType) action[\(actionCount)];")
    if options.givesValue { text.add("  float value;") }
    if hasMask { text.add("  for (i = 0; i < \(choiceCount); i++) valid[i] = 1;") }
    if options.isStochastic {
      let noise = choiceCount > 0 ? CText.literal(Example.uniform) : "0.0f"
      text.add("  for (i = 0; i < \(actionCount); i++) noise[i] = \(noise);")
    }
    if memoryCount > 0 { text.add("  @begin(&memory);") }
  }

  private func addCall(observation: String, to text: inout CText) {
    let arguments = parameters.map { parameter in
      switch parameter.name {
      case "observation": observation
      case "memory", "value": "&\(parameter.name)"
      default: parameter.name
      }
    }
    let result = returnsChoice ? "action[0] = " : ""
    text.add("    \(result)@act(\(arguments.joined(separator: ", ")));")
  }

  /// Adds a program that reads observations and writes actions.
  func addMain(to text: inout CText) {
    var format = ["\(model.environment.observationCount) numbers of an observation"]
    if memoryCount > 0 { format.insert("1 where an episode begins, else 0", at: 0) }
    if hasMask { format.append("1 or 0 for each of \(choiceCount) choices") }
    if options.isStochastic { format.append("\(actionCount) random numbers") }
    text.add(
      """

      #include <stdio.h>

      /* Reads from standard input, for each step: \(format.joined(separator: "; ")).
         Writes a line with the action\(options.givesValue ? " and the value" : ""). */
      int main(void) {
        float observation[\(model.environment.observationCount)];
        int32_t i;
      """)
    if memoryCount > 0 || hasMask { text.add("  int number;") }
    addVariables(to: &text)
    text.add(
      "  if (@self_test() > 0.0f) {\n    fputs(\"The bits differ from the example.\\n\", stderr);\n    return 1;\n  }"
    )
    text.add("  for (;;) {")
    if memoryCount > 0 {
      text.add(
        """
            if (scanf("%d", &number) != 1) return !feof(stdin);
            if (number) @begin(&memory);
        """)
    }
    addReading(
      "observation", model.environment.observationCount, isFirst: memoryCount == 0, to: &text)
    if hasMask {
      text.add(
        """
            for (i = 0; i < \(choiceCount); i++) {
              if (scanf("%d", &number) != 1) return 1;
              valid[i] = number != 0;
            }
        """)
    }
    if options.isStochastic { addReading("noise", actionCount, isFirst: false, to: &text) }
    addCall(observation: "observation", to: &text)
    text.add(
      """
          for (i = 0; i < \(actionCount); i++)
            printf(\(choiceCount > 0 ? "\"%s%ld\"" : "\"%s%.9g\""), i ? " " : "", \
      \(choiceCount > 0 ? "(long)" : "(double)")action[i]);
      """)
    if options.givesValue { text.add("    printf(\" %.9g\", (double)value);") }
    text.add("    putchar('\\n');\n  }\n}")
  }

  /// Adds the reading of numbers. The input may end before the first of a step, and nowhere else.
  private func addReading(
    _ name: String, _ count: Int, isFirst: Bool, to text: inout CText
  ) {
    text.add(
      """
          for (i = 0; i < \(count); i++)
            if (scanf("%f", &\(name)[i]) != 1) return \(isFirst ? "i != 0 || !feof(stdin)" : "1");
      """)
  }
}

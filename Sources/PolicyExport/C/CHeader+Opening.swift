import EnvironmentKit
import NeuralNetworks
import PolicyOptimization

// What a header says about itself, and what it asks of a compiler.

extension CHeader {
  var inputs: [ExportedPolicy.Port] {
    var ports = [
      ExportedPolicy.Port(
        name: "observation", shape: [model.environment.observationCount],
        meaning: "what is observed, as the environment gives it")
    ]
    if hasMask {
      ports.append(.init(name: "valid", shape: [choiceCount], meaning: "1 for each valid choice"))
    }
    if options.isStochastic {
      ports.append(
        .init(
          name: "noise", shape: [actionCount],
          meaning: choiceCount > 0 ? "uniform numbers in [0, 1)" : "standard normal numbers"))
    }
    if memoryCount > 0 {
      ports.append(
        .init(
          name: "memory", shape: [memoryCount],
          meaning: "what is remembered of the episode; zeros at its beginning"))
    }
    return ports
  }

  var outputs: [ExportedPolicy.Port] {
    var ports = [
      ExportedPolicy.Port(
        name: "action", shape: returnsChoice ? [] : [actionCount],
        meaning: choiceCount > 0 ? "the index of each choice" : "numbers within their bounds")
    ]
    if options.givesValue {
      ports.append(
        .init(name: "value", shape: [], meaning: "the discounted return that is expected"))
    }
    if memoryCount > 0 {
      ports.append(
        .init(name: "memory", shape: [memoryCount], meaning: "what is remembered then"))
    }
    return ports
  }

  func addOpening(to text: inout CText) {
    let origin = options.origin.sorted { $0.key < $1.key }.map { ", \($0.key) \($0.value)" }
    text.add(
      CText.comment(
        """
        A policy for \(model.environment.name)\(origin.joined()). Written by swift-ppo.
        """
      ).wrapped(opening: "/* "))
    addUse(to: &text)
    addLists(to: &text)
    let constants = layers.reduce(0) { $0 + $1.weight.count + $1.bias.count }
    // Drawn in single precision, choices may differ from those that the package draws.
    let bits =
      options.isStochastic
      ? "It computes the same bits everywhere" : "Its actions have the bits of 'ppo evaluate'"
    let products = layers.reduce(0) { $0 + $1.weight.count }
    text.add(
      """
       *
       * A call takes \(products) multiply-adds. It needs \(4 * constants) bytes of constants, \
      \(4 * stackCount) of stack and
       * \(4 * memoryCount) of memory that the caller keeps. C99 or C++; no library, no heap, no state.
       *
       * \(bits), with or without an instruction for fused
       * multiply-adds; with one (-mfma on x86, any arm64) it is several times faster, and
       * @@SOFTWARE_FMA does without.
       * @self_test() is 0 where a compiler keeps the bits. */
      #ifndef @@H
      #define @@H

      #include <stdint.h>

      #if defined(__FAST_MATH__)
      #error "The policy rounds as written; compile without -ffast-math."
      #endif
      #if defined(__FLT_EVAL_METHOD__) && (__FLT_EVAL_METHOD__ == 1 || __FLT_EVAL_METHOD__ == 2)
      #error "The policy computes in single precision; compile with -msse2 -mfpmath=sse."
      #endif

      /* Products and sums are rounded apart but where they are fused by name; no loop becomes a call of
         the C library. */
      #if defined(__clang__)
      #pragma STDC FP_CONTRACT OFF
      #elif defined(__GNUC__)
      #pragma GCC push_options
      #pragma GCC optimize("fp-contract=off", "no-tree-loop-distribute-patterns")
      #endif

      #define @@OBSERVATIONS \(model.environment.observationCount)
      #define @@ACTIONS \(actionCount)
      """)
  }

  func addClosing(to text: inout CText) {
    text.add(
      """

      #if defined(__clang__)
      #pragma STDC FP_CONTRACT DEFAULT
      #elif defined(__GNUC__)
      #pragma GCC pop_options
      #endif

      #endif
      """)
  }

  /// Floats on the stack at most.
  private var stackCount: Int {
    let value = options.givesValue ? model.value : nil
    return max(model.policy.stackCount, value?.stackCount ?? 0) + model.policy.outputCount
      + (value?.outputCount ?? 0) + model.policyHead.outputs + 32
      + (model.normalization == nil ? 0 : model.environment.observationCount)
  }

  private func addUse(to text: inout CText) {
    text.add(" *\n * Use:\n *")
    if memoryCount > 0 {
      text.add(" *   @memory memory;\n *   @begin(&memory);   at the beginning of each episode")
    }
    if !returnsChoice { text.add(" *   \(actionType) action[\(actionCount)];") }
    if options.givesValue { text.add(" *   float value;") }
    let arguments = parameters.map {
      $0.name == "memory" || $0.name == "value" ? "&\($0.name)" : $0.name
    }
    let result = returnsChoice ? "int32_t action = " : ""
    text.add(" *   \(result)@act(\(arguments.joined(separator: ", ")));\n *")
    if hasMask {
      text.add(" * valid: 1 for each of \(choiceCount) choices that can be taken, else 0.")
    }
    if options.isStochastic {
      text.add(
        " * noise: \(actionCount) "
          + (choiceCount > 0 ? "uniform numbers in [0, 1)." : "standard normal numbers."))
    }
  }

  /// The names of the numbers, with their bounds.
  private func addLists(to text: inout CText) {
    let environment = model.environment
    text.add(
      " * observation: \(environment.observationCount) numbers, as the environment gives them.")
    for (index, name) in environment.observationNames.enumerated() {
      text.add(" *   \(index)  \(CText.comment(name))")
    }
    switch model.actions {
    case .choices(let counts, _, _):
      text.add(" * action: \(counts.map { "one of \($0)" }.joined(separator: ", ")).")
      // The names of all components stand behind one another, each component's from 0 on.
      let indices = counts.flatMap { Array(0..<$0) }
      for (index, name) in zip(indices, environment.actionNames) {
        text.add(" *   \(index)  \(CText.comment(name))")
      }
    case .numbers(let box, _, _):
      text.add(" * action: \(box.count) numbers within their bounds.")
      for index in 0..<box.count {
        let name = environment.actionNames.isEmpty ? "" : environment.actionNames[index] + ", "
        text.add(
          " *   \(index)  \(CText.comment(name))from \(box.lowest[index]) to \(box.highest[index])")
      }
    }
  }
}

extension String {
  /// The text as the first lines of a comment, 98 characters wide at most.
  fileprivate func wrapped(opening: String) -> String {
    var lines = [opening.dropLast() + ""]
    for word in split(separator: " ") {
      if lines[lines.count - 1].count + word.count > 97 { lines.append(" *") }
      lines[lines.count - 1] += " " + word
    }
    return lines.joined(separator: "\n")
  }
}

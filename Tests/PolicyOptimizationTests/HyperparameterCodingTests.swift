import Foundation
import Testing

@testable import PolicyOptimization

@Suite("Hyperparameters in a file")
struct HyperparameterCodingTests {
  /// A value other than the default for each key.
  private static var others: [String: Any] {
    [
      "total-timesteps": 7, "num-envs": 3, "num-steps": 5, "minibatch-size": 2, "update-epochs": 9,
      "learning-rate": 0.5, "anneal-lr": true, "optimizer": "sgd", "optimizer-epsilon": 0.25,
      "weight-decay": 0.125, "max-grad-norm": NSNull(), "gamma": 0.5, "gae-lambda": 0.75,
      "normalize-advantages": "none", "bootstrap-time-limits": false, "clip-coef": 0.5,
      "anneal-clip": true, "clip-vloss": true, "vf-coef": 2.5, "ent-coef": 0.5, "target-kl": 0.5,
      "kl-coef": 0.5, "adaptive-kl": 0.5, "target-entropy": 0.5, "entropy-rate": 0.5,
      "value-target": "popart", "value-target-decay": 0.5, "balancer": "log",
      "hidden-sizes": [3, 4], "shared-trunk": true, "activation": "relu", "reward-scale": 2.5,
      "image-encoder": "nature", "shared-encoder": false, "recurrent": "gru", "recurrent-size": 5,
      "sequence-length": 3, "policy-std": "gsde",
      "log-std-init": -1, "sde-sample-freq": 4, "squash-actions": true,
      "normalize-observations": true, "normalize-returns": false, "eval-every": 11,
      "eval-episodes": 4, "stop-when-solved": true, "learning-rate-schedule": "cosine:1e-5",
      "clip-coef-schedule": "linear:0.1", "vf-coef-schedule": "constant",
      "ent-coef-schedule": "exponential:1e-4", "kl-coef-schedule": "cosine",
      "target-kl-schedule": "linear:0.5",
    ]
  }

  @Test("each is read and written under its own name", arguments: Hyperparameters.names)
  func survives(name: String) throws {
    let value = try #require(Self.others[name], "a new key needs a value here")
    let file = try JSONSerialization.data(withJSONObject: [name: value])
    let read = try JSONDecoder().decode(Hyperparameters.self, from: file)
    #expect(read.firstDifference(from: Hyperparameters()) == name)
    let written = try JSONDecoder().decode(
      Hyperparameters.self, from: JSONEncoder().encode(read))
    #expect(written == read)
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(read))
    #expect((object as? [String: Any])?.count == Hyperparameters.names.count)
  }

  @Test("of older versions, with null, 0 and infinity for none, are read as before")
  func readsOlderFiles() throws {
    func read(_ text: String) throws -> Hyperparameters {
      try JSONDecoder().decode(Hyperparameters.self, from: Data(text.utf8))
    }
    var expected = Hyperparameters()
    expected.maximumGradientNorm = nil
    #expect(
      try read(
        """
        {"max-grad-norm": null, "target-kl": null, "adaptive-kl": null, "target-entropy": null,
         "recurrent": null, "eval-every": null, "sde-sample-freq": -1, "target-kl": 0}
        """) == expected)
    #expect(try read(#"{"eval-every": 0}"#).evaluationInterval == 0)
    #expect(try read(#"{"eval-every": "none"}"#).evaluationInterval == 0)
    #expect(try read(#"{"eval-every": "auto"}"#).evaluationInterval == nil)
    #expect(try read(#"{"normalize-advantages": "none"}"#).advantageNormalization == .none)
    #expect(try read(#"{"sde-sample-freq": 4}"#).explorationInterval == 4)
  }

  @Test("write what there is none of as the word none")
  func writesNone() throws {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Hyperparameters()))
    let settings = try #require(object as? [String: Any])
    for name in ["target-kl", "adaptive-kl", "target-entropy", "recurrent", "sde-sample-freq"] {
      #expect(settings[name] as? String == "none", "\(name)")
    }
    #expect(settings["eval-every"] as? String == "auto")
    #expect(settings["max-grad-norm"] as? Double == 0.5)
  }
}

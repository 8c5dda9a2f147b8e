import Testing

@testable import PolicyOptimization

@Suite("Descriptions of hyperparameters")
struct HyperparameterDescriptionTests {
  @Test("there are for each property, and for nothing else")
  func areComplete() {
    let properties = Mirror(reflecting: Hyperparameters()).children.compactMap(\.label)
    #expect(Hyperparameters.descriptions.map(\.property).sorted() == properties.sorted())
    let names =
      Hyperparameters.names + Hyperparameters.descriptions.flatMap(\.foreignNames)
      + Hyperparameters.descriptions.compactMap(\.opposite)
    #expect(Set(names).count == names.count)
    #expect(Hyperparameters.descriptions.allSatisfy { $0.help.hasSuffix(".") })
  }

  @Test("name the property that they read and write", arguments: Hyperparameters.names)
  func nameTheirProperty(name: String) throws {
    let description = try #require(Hyperparameters.description(named: name))
    for text in ["7", "0.125", "false", "true", "log", "gru", "sgd", "relu", "none", "linear:0.5"] {
      var changed = Hyperparameters()
      guard description.set(HyperparameterValue(text), in: &changed),
        changed != Hyperparameters()
      else { continue }
      let before = Mirror(reflecting: Hyperparameters()).children
      let differing = zip(before, Mirror(reflecting: changed).children).filter {
        "\($0.value)" != "\($1.value)"
      }
      #expect(differing.compactMap(\.0.label) == [description.property])
      return
    }
    #expect(description.kind == .choice(description.kind.choices), "nothing has changed it")
  }

  @Test("the words of a choice are values")
  func takeTheirChoices() {
    for description in Hyperparameters.descriptions {
      for word in description.kind.choices + description.words {
        var hyperparameters = Hyperparameters()
        let value = HyperparameterValue(word)
        #expect(description.set(value, in: &hyperparameters), "\(description.name) \(word)")
        #expect(description.value(in: hyperparameters) == value, "\(description.name) \(word)")
      }
    }
  }

  @Test("numbers are read as people write them, and what is none is not")
  func readsNumbers() {
    for (text, value) in [
      ("1e6", .whole(1_000_000)), ("1_000_000", .whole(1_000_000)), ("-3", .whole(-3)),
      ("2.5", .real(2.5)), ("1e-3", .real(0.001)), ("inf", .real(.infinity)), ("none", .none),
      ("64,64", .sizes([64, 64])), ("1e3,2_0", .sizes([1000, 20])), ("fixed", .text("fixed")),
      ("64,,64", .text("64,,64")), ("_1", .text("_1")), ("1__0", .text("1__0")),
      ("0x10", .text("0x10")), ("", .text("")), ("e", .text("e")),
    ] as [(String, HyperparameterValue)] {
      #expect(HyperparameterValue(text) == value, "\(text)")
    }
  }

  @Test("a search range goes from its lowest to its highest value")
  func searchRanges() throws {
    for description in Hyperparameters.descriptions {
      guard let range = description.searchRange else { continue }
      for part in [0, 0.3, 0.5, 1] {
        let value = try #require(description.searchedValue(at: part))
        var hyperparameters = Hyperparameters()
        #expect(description.set(value, in: &hyperparameters), "\(description.name)")
        #expect(throws: Never.self) { try description.check(hyperparameters) }
      }
      if case .choices = range { continue }
      #expect(range.value(at: 0) != range.value(at: 1))
    }
    guard
      case .real(let middle) = SearchRange.logarithmicFromOne(low: 0.9, high: 0.999)
        .value(at: 0.5)
    else { throw CancellationError() }
    #expect(abs(middle - 0.99) < 1e-12)
  }

  @Test("an error names the property in Swift, and the option on the command line")
  func namesEither() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.clipRange = -1
    let error = #expect(throws: InvalidHyperparameter.self) { try hyperparameters.validate() }
    #expect(error?.description.hasPrefix("clipRange is -1.0; it must be more than 0") == true)
    #expect(error?.sentence.text(naming: .options).hasPrefix("--clip-coef is -1.0;") == true)
    for description in Hyperparameters.descriptions where description.range != nil {
      #expect(!"\(description.expectation)".contains("--"))
    }
  }
}

extension HyperparameterKind {
  fileprivate var choices: [String] {
    if case .choice(let choices) = self { choices } else { [] }
  }
}

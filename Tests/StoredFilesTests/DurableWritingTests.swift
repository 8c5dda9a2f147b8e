import Foundation
import Testing

@testable import StoredFiles

@Suite("Durable writing")
struct DurableWritingTests {
  private func data(_ text: String) -> Data { Data(text.utf8) }

  @Test("replaces a file, a link or a pipe of the name, and follows none")
  func replaces() throws {
    try inFolder { folder in
      try folder.write(data("outside"), as: "target")
      #expect(symlink("target", folder.path(of: "linked")) == 0)
      #expect(symlink("nowhere", folder.path(of: "dangling")) == 0)
      #expect(mkfifo(folder.path(of: "pipe"), 0o600) == 0)
      for name in ["plain", "plain", "linked", "dangling", "pipe"] {
        try folder.write(data("new"), as: name)
        #expect(folder.text(name) == "new", "\(name)")
        #expect(folder.status(of: name)?.isRegularFile == true, "\(name)")
      }
      #expect(folder.text("target") == "outside")
      #expect(!folder.contains("nowhere"))
      #expect(try folder.names().sorted() == ["dangling", "linked", "pipe", "plain", "target"])
    }
  }

  @Test("leaves a folder of the name alone, and says so")
  func refusesFolders() throws {
    try inFolder { folder in
      try makeFolders(to: folder.url.appendingPathComponent("name/inner"))
      let error = #expect(throws: WritingError.self) { try folder.write(data("x"), as: "name") }
      #expect(error?.description.contains("it is a folder") == true)
      #expect(try folder.names() == ["name"])
    }
  }

  @Test("of something new overwrites nothing, be it a link that leads nowhere")
  func overwritesNothing() throws {
    try inFolder { folder in
      try folder.writeNew(data("first"), as: "file")
      #expect(symlink("nowhere", folder.path(of: "dangling")) == 0)
      for name in ["file", "dangling"] {
        let error = #expect(throws: WritingError.self) {
          try writeNew(data("second"), to: folder.url.appendingPathComponent(name))
        }
        #expect(error?.isTaken == true)
      }
      #expect(folder.text("file") == "first")
      #expect(try folder.names().sorted() == ["dangling", "file"])
    }
  }

  @Test("goes to the folder that was opened, whatever has its path")
  func staysInTheFolder() throws {
    try inFolder { parent in
      let url = parent.url.appendingPathComponent("run")
      try makeFolders(to: url)
      let folder = try OpenedFolder(url)
      #expect(folder.isAtItsPath)
      try parent.move("run", to: "moved")
      #expect(!folder.isAtItsPath)
      try makeFolders(to: url)
      #expect(!folder.isAtItsPath)
      try folder.write(data("content"), as: "file")
      #expect(parent.text("moved/file") == "content" && parent.text("run/file") == nil)
      let draft = try DraftFolder(in: folder, isPrivate: true)
      #expect(try folder.names().count == 2)
      draft.discard()
      #expect(try folder.names() == ["file"])
    }
  }

  @Test("uses names that are never the same and that are recognised")
  func names() {
    let names = (0..<100).map { _ in TemporaryName.new() }
    #expect(Set(names).count == 100)
    #expect(names.allSatisfy(TemporaryName.isOne))
    for other in [".ppo-.partial", ".ppo-0123.partial", "config.json", ".checkpoint.partial"] {
      #expect(!TemporaryName.isOne(other))
    }
  }

  @Test("removes what killed programs have left, and nothing else")
  func removesLeftovers() throws {
    try inFolder { folder in
      try folder.write(data("kept"), as: "file")
      let (left, linked, nested) = (TemporaryName.new(), TemporaryName.new(), TemporaryName.new())
      try folder.write(data("left"), as: left)
      #expect(symlink("file", folder.path(of: linked)) == 0)
      try makeFolders(to: folder.url.appendingPathComponent("\(nested)/inner"))
      try OpenedFolder(folder.url.appendingPathComponent(nested)).write(data("kept"), as: "beside")
      let leftFolder = TemporaryName.new()
      try makeFolders(to: folder.url.appendingPathComponent(leftFolder))
      try OpenedFolder(folder.url.appendingPathComponent(leftFolder)).write(data("x"), as: "y")
      let draft = try DraftFile(in: folder)
      let draftFolder = try DraftFolder(in: folder, isPrivate: true)
      folder.removeLeftovers()
      #expect(!folder.contains(left) && !folder.contains(leftFolder))
      // A link and a folder in a folder are of no program of this package.
      #expect(folder.contains(linked) && folder.contains(nested))
      #expect(folder.text("\(nested)/beside") == "kept")
      // Both drafts are still there and get their names.
      try draft.write(data("draft"))
      try draft.replace("finished")
      try draftFolder.take("folder")
      #expect(folder.text("finished") == "draft" && folder.contains("folder"))
    }
  }

  @Test("removes what programs of earlier versions have left beside a file, and no link or folder")
  func removesOldLeftovers() throws {
    try inFolder { folder in
      for name in [".a.partial", ".b.partial", "target"] { try folder.write(data("x"), as: name) }
      #expect(symlink("target", folder.path(of: ".c.partial")) == 0)
      try makeFolders(to: folder.url.appendingPathComponent(".d.partial"))
      folder.removeOldLeftovers(of: ["a", "c", "d", "e"])
      #expect(try folder.names().sorted() == [".b.partial", ".c.partial", ".d.partial", "target"])
    }
  }

  @Test("in the place of what has a name does not wait for a pipe, nor follow a link")
  func replacesByPath() throws {
    try inFolder { folder in
      try folder.write(data("outside"), as: "target")
      #expect(symlink("target", folder.path(of: "linked")) == 0)
      #expect(mkfifo(folder.path(of: "pipe"), 0o600) == 0)
      let pipe = folder.url.appendingPathComponent("pipe")
      // Where a pipe may be meant, one that nothing reads from is an error.
      #expect(throws: WritingError.self) { try writeDurably(data("x"), to: pipe) }
      for name in ["linked", "pipe"] {
        try replaceFile(at: folder.url.appendingPathComponent(name), with: data("new"))
        #expect(folder.text(name) == "new" && folder.status(of: name)?.isRegularFile == true)
      }
      #expect(folder.text("target") == "outside")
    }
  }

  @Test("of a file that grows replaces what has the name, and follows no link")
  func appends() throws {
    try inFolder { folder in
      try folder.write(data("outside"), as: "target")
      #expect(symlink("target", folder.path(of: "table")) == 0)
      let file = try AppendingFile("table", in: folder, beginningWith: data("a\n"))
      file.append("b\n".utf8)
      try file.finish()
      #expect(folder.text("table") == "a\nb\n" && folder.text("target") == "outside")
    }
  }

  @Test("is undone by reading, which refuses what may never end or is too large")
  func reads() throws {
    try inFolder { folder in
      try folder.write(data("12345"), as: "file")
      #expect(mkfifo(folder.path(of: "pipe"), 0o600) == 0)
      let (file, pipe) = (
        folder.url.appendingPathComponent("file"), folder.url.appendingPathComponent("pipe")
      )
      #expect(try fileContents(of: file, atMost: 5) == data("12345"))
      #expect(throws: ReadingError.self) { try fileContents(of: file, atMost: 4) }
      #expect(throws: ReadingError.self) { try fileContents(of: pipe) }
      // A file that is nothing but a hole is not taken for as much memory.
      try folder.write(data(""), as: "hole")
      #expect(truncate(folder.path(of: "hole"), 1 << 40) == 0)
      #expect(throws: ReadingError.self) {
        try fileContents(of: folder.url.appendingPathComponent("hole"))
      }
      #expect(throws: ReadingError.self) { try fileContents(of: folder.url) }
      #expect(try fileContents(of: pipe, isRegular: false).isEmpty)
      #expect(throws: ReadingError.self) {
        try fileContents(of: URL(fileURLWithPath: "/dev/zero"), atMost: 100_000, isRegular: false)
      }
    }
  }
}

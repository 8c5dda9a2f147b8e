// Checkpoints are made of stored files; `import PolicyOptimization` brings both.
@_exported import StoredFiles

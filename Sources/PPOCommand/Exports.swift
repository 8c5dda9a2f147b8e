// A program that brings its own environments writes them with these.
@_exported import PolicyOptimization

//! Benchmarks through the front door, with charts.

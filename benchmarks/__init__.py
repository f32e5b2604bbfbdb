"""Paired benchmarks: ours beside a reference, in one run, the results compared before the time counts."""

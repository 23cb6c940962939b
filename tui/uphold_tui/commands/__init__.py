"""The commands of `uphold`: each defines its options, runs a workflow and prints the result."""

"""Processes forked from a server that has the SDK already: thirty of them need not import it thirty times."""

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")

PROCESSES.set_forkserver_preload(
    ["support.judging_process", "support.checkpoint_process", "uphold.endpoints.anthropic_batches"]
)

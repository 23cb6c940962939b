"""Judging: prompts, reading of answers, offline rules, and the verdict that judgments amount to."""

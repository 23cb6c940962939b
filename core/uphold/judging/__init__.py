"""Judges (offline rules and LLM judges), their prompts, the parsing of their answers, and costs."""

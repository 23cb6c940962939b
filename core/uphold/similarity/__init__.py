"""Texts compared by their words: near-duplicates, passages that stand in other texts, and a choice that is spread out."""

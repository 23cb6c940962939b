"""The eval set: its examples, edited, tagged and checked."""

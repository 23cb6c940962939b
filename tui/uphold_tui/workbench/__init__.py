"""The workbench: a judge is worked on, tried and kept."""

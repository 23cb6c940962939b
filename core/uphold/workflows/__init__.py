"""Workflows behind the commands and screens; the only package that joins the others. They yield progress and print nothing."""

"""Screens: what the person sees at one time."""

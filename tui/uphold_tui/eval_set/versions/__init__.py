"""The screen with the versions of a set, and what differs between two of them."""

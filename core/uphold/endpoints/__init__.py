"""Model endpoints: one module per kind, the only place where an SDK is imported."""

from uphold.endpoints.opening import Address, find_address, open_endpoint

__all__ = ["Address", "find_address", "open_endpoint"]

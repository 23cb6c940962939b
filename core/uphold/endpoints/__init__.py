"""Model endpoints: one module per kind, the only place where an SDK is imported."""

from uphold.endpoints.addresses import KINDS, TIMEOUT, Address, find_address, open_endpoint

__all__ = ["KINDS", "TIMEOUT", "Address", "find_address", "open_endpoint"]

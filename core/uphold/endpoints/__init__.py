"""Model endpoints, one module per kind; the SDKs are imported nowhere else."""

from uphold.endpoints.addresses import KINDS, TIMEOUT, Address, find_address, open_endpoint

__all__ = ["KINDS", "TIMEOUT", "Address", "find_address", "open_endpoint"]

"""Imports, as faces list them and take them back."""

from uphold.store.imports import Import, all_imports, drop_import

__all__ = ["Import", "all_imports", "drop_import"]

from support.app_samples import closed_databases
from support.settling import collected, quick_apps

__all__ = ["closed_databases", "collected", "quick_apps"]

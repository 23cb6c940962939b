from support.app_samples import closed_databases, own_data_folder
from support.settling import collected, quick_apps

__all__ = ["closed_databases", "collected", "own_data_folder", "quick_apps"]

from support.settling import quick_apps

__all__ = ["quick_apps"]

"""The vocabulary: frozen records and enums that every room speaks."""

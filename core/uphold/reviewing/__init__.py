"""The review as plain objects: the order of pairs, which side is which, reasons in the screen's letters."""

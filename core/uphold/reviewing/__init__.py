"""The rules of a review, without a store or a screen: queue order, cursor, history, sides, filters, advice."""

"""Which screen opens which: `Navigator` and the parts it is made of."""

"""Navigation between screens: `Navigator` and the parts it is made of."""

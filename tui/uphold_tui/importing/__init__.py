"""The screens that import files: one chooses them, the other shows what they hold and imports them."""

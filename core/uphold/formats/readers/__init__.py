"""One module per import format, each with the members of `registry.Format`."""

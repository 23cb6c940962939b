"""One file per arrow of the flow: the only room that joins rooms; steps yield progress values and never print."""

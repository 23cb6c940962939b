"""What the commands and screens do: the only package that joins the others; workflows yield progress and print nothing."""

"""Statistics in the forms they leave the program in: JSON for programs, reports for people."""

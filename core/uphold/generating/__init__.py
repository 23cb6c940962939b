"""Systems that can generate responses, and the requests for each of their turns."""

"""What is told of one trust: its profile, its nearest peers, its early signs."""

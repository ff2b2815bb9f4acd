"""One folder for each public service; no other room knows any of them."""

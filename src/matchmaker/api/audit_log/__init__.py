"""The decision log: who asked, what was shown, what was chosen and why; nothing in it changes."""

"""The decision log: who decided, what was shown, what was chosen and why; nothing in it changes."""

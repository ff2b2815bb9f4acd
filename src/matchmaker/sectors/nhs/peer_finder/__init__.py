"""The official peer methods of the NHS, rebuilt exactly, and the lists that one of them made."""

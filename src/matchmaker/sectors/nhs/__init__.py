"""NHS trusts and foundation trusts in England."""

"""Who may ask: API keys, scopes, and whom a proxy names."""

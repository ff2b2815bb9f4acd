"""Is it any good? Replays of the past, outcomes, and how far both can be trusted."""

"""Did partners that suit better help more? A study of many pairings, by a protocol that was written first."""

"""Early-warning signs: which organisations show them, and how often such signs were right."""

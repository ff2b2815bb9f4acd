"""What was chosen before: past choices, and models that learn from them."""

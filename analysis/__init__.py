"""What it means for people: pure functions of tables."""

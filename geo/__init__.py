"""Where things are and how far. Knows geometry and streets, not sportelli."""

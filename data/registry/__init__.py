"""The registry: who runs which services, kept true by those who run them."""

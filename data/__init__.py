"""What we know and who told us: sources, labels, schemas, clean tables, corrections, vocabularies."""

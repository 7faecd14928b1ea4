"""Street networks: read from OpenStreetMap, simplified to junctions, kept as arrays."""

"""Our searches beside other engines; see ``README.md``."""

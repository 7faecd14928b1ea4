"""One module a dataset, each with the same face: ``NAMES``, ``SCHEMA``, ``read(path)``, ``clean(raw)``.

``read`` opens the raw file as it comes; ``clean`` is a pure function of the raw table and gives back the
clean table with the raw rows set aside and why.
"""

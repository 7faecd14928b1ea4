"""Tables made from clean tables: ``SCHEMA`` and ``derive(...)``, whose parameters name the tables it is made from.

A module that makes several tables has ``SCHEMAS`` by table and gives back as many tables by name.
"""

# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/api_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Functions for every operation, one package per tag."""

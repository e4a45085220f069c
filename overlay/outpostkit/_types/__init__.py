"""The classes of the API's objects, under the module names that people import them from."""

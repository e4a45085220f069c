"""What a template is checked for while it is loaded, and the module that it becomes."""

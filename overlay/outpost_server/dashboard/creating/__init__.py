"""The two forms that create an endpoint: from a model, and from a template file of one's own.

=============  ==================================================
common         what both ask for, and sending what was filled in
model          a model at the hub or in a folder
template_file  a file with the class of a template, or an archive of some
=============  ==================================================
"""

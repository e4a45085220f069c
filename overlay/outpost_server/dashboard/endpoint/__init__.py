"""The page of one endpoint, and what it leads to.

========  ===============================================================
page      its state, its deployments and its buttons
changing  the form that changes it
template  the source of its template
logs      the log that follows, and the search in it
routes    what can be sent to it
trying    the form that sends a prediction, and the answer while it comes
========  ===============================================================
"""

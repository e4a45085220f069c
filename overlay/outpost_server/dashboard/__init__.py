"""The dashboard of the local Outpost: pages for people, made from the operations of the API.

It is one more client of the API: what a page shows and does goes through the operations of the
document, with the token of the person who has signed in, so that the dashboard can do nothing
that this person could not do with the token alone. Only the numbers of its plots are its own.

=============  ======================================================================
on_demand      loading all of this when somebody looks
app            which page answers which path, and what every answer and change needs
sessions       who has signed in
visit          one request of someone who has signed in
pages          signing in and out, the list of endpoints
endpoint       the page of one endpoint: changing it, its template, its logs, trying it
creating       the forms that create an endpoint, from a model or a template file
documentation  what an endpoint offers, from its OpenAPI document
plotting       requests, latency and replicas of the last minutes, as pictures
in_process     calling the server from within
=============  ======================================================================
"""

PREFIX = "/dashboard"


def is_dashboard_path(path: str) -> bool:
    return path in ("/", PREFIX) or path.startswith(PREFIX + "/")

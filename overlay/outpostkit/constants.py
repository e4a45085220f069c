"""Fixed facts of the Outpost API."""

#: Where the API is, unless ``base_url=`` or ``OUTPOST_BASE_URL`` says otherwise.
V1_API_URL = "https://api.outpost.run/v1"

"""What names and addresses have to look like: as patterns, and in words for who is refused."""

ENDPOINT_NAME = r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\Z"
IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_]*\Z"
WEB_ADDRESS = r"^https?://"
PYTHON_FILE = r"\.py\Z"

IN_WORDS = {
    ENDPOINT_NAME: (
        "expected 1 to 63 small letters, digits and hyphens, with a letter or digit at both ends"
    ),
    IDENTIFIER: "expected letters, digits and underscores, and no digit at the beginning",
    WEB_ADDRESS: "expected an address that begins with https:// or http://",
    PYTHON_FILE: "expected a path that ends in .py",
}

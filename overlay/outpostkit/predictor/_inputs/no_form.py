"""What cannot be sent, in words for whoever sends it."""


class NoForm(Exception):
    """A value has no form in what is sent.

    Attributes:
        what: what is wrong, to follow "the value at $.place".
        way_out: what to do about it.
    """

    def __init__(self, what: str, way_out: str) -> None:
        super().__init__(what, way_out)
        self.what = what
        self.way_out = way_out

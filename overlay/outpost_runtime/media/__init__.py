"""Images, sounds and films: from what a request holds to what a model takes, and back.

Reading is done in threads, within bounds, so that large input neither stops the replica's other
requests nor fills its memory; what cannot be read is a 422 that names the field.
"""

from outpost_runtime.media.images import png, png_text, read_images
from outpost_runtime.media.sounds import read_sounds, wav

__all__ = ["png", "png_text", "read_images", "read_sounds", "wav"]

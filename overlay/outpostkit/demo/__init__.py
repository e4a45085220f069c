"""What ``outpostkit demo`` deploys and sends; useful wherever a small real example is."""

from pathlib import Path

#: The file of the demo's prediction template, an extractive summariser in pure Python.
TEMPLATE_PATH = Path(__file__).with_name("summarizer.py")
#: The name of its class.
TEMPLATE_CLASS = "ExtractiveSummarizer"

#: The example document of the README: two paragraphs about light and the first camera.
EXAMPLE_TEXT = (
    "Imagine you are standing in the middle of a room with no windows, doors or lights."
    " What do you see? Well, nothing because there’s no light. Now imagine you pull out a"
    " flashlight and turn it on. The light from the flashlight moves in a straight line."
    " When that beam of light hits an object, the light bounces off that item and into"
    " your eyes, allowing you to see whatever is inside the room.\n"
    "    All light behaves just like that flashlight — it travels in a straight line."
    " But, light also bounces off of objects, which is what allows us to see and"
    " photograph objects. When light bounces off an object, it continues to travel in a"
    " straight line, but it bounces back at the same angle that it comes in at. That"
    " means light rays are essentially bouncing everywhere in all kinds of different"
    " directions. The first camera was essentially a room with a small hole on one side"
    " wall. Light would pass through that hole, and since it’s reflected in straight"
    " lines, the image would be projected on the opposite wall, upside down. While"
    " devices like this existed long before true photography, it wasn’t until someone"
    " decided to place material that was sensitive to light at the back of that room that"
    " photography was born. When light hit the material, which through the course of"
    " photography’s history was made up of things from glass to paper, the chemicals"
    " reacted to light, etching an image in the surface."
)

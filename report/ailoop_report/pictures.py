"""Draws each picture for light and dark pages, wide and narrow ones, as PNG."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ailoop_report.figures import error, loss, surrogate, timeline
from ailoop_report.style import DARK, LIGHT, PIXEL_RATIO, Look

LOOKS = [Look(theme, is_narrow) for theme in (LIGHT, DARK) for is_narrow in (False, True)]
FIGURES = [surrogate, error, loss, timeline]


@dataclass
class Picture:
    name: str
    title: str
    remarks: list
    images: dict  # name of the look -> (PNG, width, height in pixels of the page)


def draw_pictures(run):
    """The pictures for which the run has anything to show."""
    pictures = []
    for module in FIGURES:
        images, remarks, places = {}, [], {}
        for look in LOOKS:
            with look.active():
                drawn = module.draw(run, look)
                if drawn is None:
                    break
                figure, remarks = drawn
                if look.is_narrow in places:
                    # a theme moves nothing: the layout, which takes as long as the drawing, is that of the first theme
                    figure.set_layout_engine("none")
                    for axis, place in zip(figure.axes, places[look.is_narrow]):
                        axis.set_position(place)
                images[look.name] = png(figure)
                places[look.is_narrow] = [axis.get_position(original=True) for axis in figure.axes]
        if images:
            pictures.append(Picture(module.NAME, module.TITLE, remarks, images))
    return pictures


def png(figure):
    stream = io.BytesIO()
    figure.set_dpi(100 * PIXEL_RATIO)
    figure.canvas.draw()  # savefig would draw all twice, first for the layout
    image = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")  # nothing is transparent
    image.save(stream, "png", compress_level=3)  # a better one takes twice as long and saves a tenth
    width, height = figure.get_size_inches() * 100
    return stream.getvalue(), round(width), round(height)

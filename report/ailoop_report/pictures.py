# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws each picture for light and dark pages, wide and narrow ones, as PNG."""

import gc
import io
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

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
    """The pictures for which the run has anything to show.

    Two processes draw, as the first picture takes as long as all others. They are forked: they see the run without a
    copy.
    """
    with ProcessPoolExecutor(2, get_context("fork"), remember, (run,)) as pool:
        pictures = list(pool.map(draw_picture, range(len(FIGURES))))
    return [picture for picture in pictures if picture.images]


def remember(run):
    global shown
    shown = run
    gc.freeze()  # what came with the fork stays shared, and gc.collect() is quick


def draw_picture(index):
    """In each look, as far as there is anything to show."""
    module = FIGURES[index]
    images, remarks, places = {}, [], {}
    for look in LOOKS:
        with look.active():
            drawn = module.draw(shown, look)
            if drawn is None:
                break
            figure, remarks = drawn
            if look.is_narrow in places:
                # a theme moves nothing: the layout, which takes as long as the drawing, is that of the first theme
                figure.set_layout_engine("none")
                for axis, place in zip(figure.axes, places[look.is_narrow]):
                    axis.set_position(place)
            images[look.name] = png(figure)
            gc.collect()  # figures hold each other in circles
            places[look.is_narrow] = [axis.get_position(original=True) for axis in figure.axes]
    return Picture(module.NAME, module.TITLE, remarks, images)


def png(figure):
    stream = io.BytesIO()
    figure.set_dpi(100 * PIXEL_RATIO)
    figure.canvas.draw()  # savefig would draw all twice, first for the layout
    image = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")  # nothing is transparent
    image.save(stream, "png", compress_level=3)  # a better one takes twice as long and saves a tenth
    width, height = figure.get_size_inches() * 100
    return stream.getvalue(), round(width), round(height)

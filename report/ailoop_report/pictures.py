"""Draws each picture for light and dark pages, wide and narrow ones, as PNG."""

import io
from dataclasses import dataclass

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
        images, remarks = {}, []
        for look in LOOKS:
            with look.active():
                drawn = module.draw(run, look)
                if drawn is None:
                    break
                figure, remarks = drawn
                images[look.name] = png(figure)
        if images:
            pictures.append(Picture(module.NAME, module.TITLE, remarks, images))
    return pictures


def png(figure):
    stream = io.BytesIO()
    figure.set_dpi(100 * PIXEL_RATIO)
    figure.canvas.print_png(stream, metadata={"Software": None})  # savefig would draw all twice, first for the layout
    width, height = figure.get_size_inches() * 100
    return stream.getvalue(), round(width), round(height)

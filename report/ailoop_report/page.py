# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Puts the page together and writes it with the pictures beside it."""

import base64
import os
import tempfile
from pathlib import Path

from ailoop_report import sections
from ailoop_report.pictures import draw_pictures
from ailoop_report.text import escaped

STYLE = Path(__file__).with_name("page.css")
NARROW_PAGE = "(max-width: 640px)"
DARK_PAGE = "(prefers-color-scheme: dark)"

ALTERNATIVES = {
    "surrogate": "Surrogate and truth at the checked queries, a panel for each model",
    "error": "Surrogate minus approximation by query, with the tolerance band and the bound",
    "loss": "Loss of each retraining, first and last epoch",
    "timeline": "What each group of ranks did when",
}


def data_url(image):
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")


def figure(picture):
    def source(look, media):
        image, width, height = picture.images[look]
        return f'<source media="{media}" srcset="{data_url(image)}" width="{width}" height="{height}">'

    image, width, height = picture.images["light-wide"]
    remarks = " ".join(picture.remarks)
    caption = f"<figcaption>{escaped(remarks)}</figcaption>" if remarks else ""
    return (
        f'<figure id="{picture.name}"><picture>'
        + source("dark-narrow", f"{DARK_PAGE} and {NARROW_PAGE}")
        + source("dark-wide", DARK_PAGE)
        + source("light-narrow", NARROW_PAGE)
        + f'<img src="{data_url(image)}" width="{width}" height="{height}" alt="{ALTERNATIVES[picture.name]}">'
        + f"</picture>{caption}</figure>"
    )


def page_of(run, pictures):
    body = [sections.head(run)]
    body += [sections.section(picture.title, figure(picture)) for picture in pictures]
    body += [sections.worst_answers(run), sections.time_split(run), sections.rank_layout(run)]
    body += [sections.configuration(run), sections.provenance(run)]
    name = run.folder.resolve().name
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>ailoop: {escaped(name)}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head>\n"
        f"<body><main>{chr(10).join(part for part in body if part)}</main></body></html>\n"
    )


def write_whole(path, content):
    """Beside its place first, so that a page is never half there."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_page(run, path, folder):
    """Writes the page, and its wide light pictures into the folder."""
    pictures = draw_pictures(run)
    page = page_of(run, pictures).encode("utf-8")
    folder.mkdir(exist_ok=True)
    for picture in pictures:
        write_whole(folder / f"{picture.name}.png", picture.images["light-wide"][0])
    write_whole(path, page)

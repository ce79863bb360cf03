"""Noto Sans, which has every letter of Kazakh and Russian; it comes with a Python package, so no machine has to have it."""

from functools import cache

import fontpkg
from typst import Fonts

FAMILY = "Noto Sans"


@cache
def fonts() -> Fonts:
    """Noto Sans and no other font, so that every machine sets the same."""
    folder = str(fontpkg.path(FAMILY).parent)
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])

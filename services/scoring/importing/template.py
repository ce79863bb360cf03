"""An empty table to fill in: headings in one language, what each column takes, and lists to choose from."""

from functools import cache

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.scoring.importing.cells import KINDS
from services.scoring.importing.columns import columns, the_format
from services.scoring.importing.headings import quoted
from services.scoring.importing.sheets import MOST_ROWS
from services.scoring.papers.saving import empty, put, saved, widths
from shared.procedure.basics import Names
from shared.texts.languages import Language

_CHOICES = {"kind": KINDS, "yes_or_no": ("yes", "no")}
_TABLE = Names(kk="Мәліметтер", ru="Сведения", en="Facts")
_HELP = Names(kk="Толтыру тәртібі", ru="Как заполнять", en="How to fill in")
_REQUIRED = Names(kk="міндетті", ru="обязательно", en="required")


@cache
def template(language: Language) -> bytes:
    """The XLSX template; all cells below the headings are text, so that a BIN keeps its zeros and a day stays as written."""
    book = empty()
    _table(book.create_sheet(getattr(_TABLE, language)), language)
    _help(book.create_sheet(getattr(_HELP, language)), language)
    return saved(book)


def _table(sheet: Worksheet, language: Language) -> None:
    put(sheet, 1, [getattr(column.heading, language) for column in columns()], bold=True)
    widths(sheet, *(24 for _ in columns()))
    sheet.freeze_panes = "C2"
    for place, column in enumerate(columns(), 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].number_format = "@"
        if choices := _CHOICES.get(column.reads):
            words = ",".join(the_format().first_words(code)[language] for code in choices)
            listed = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            listed.add(f"{letter}2:{letter}{MOST_ROWS}")
            sheet.add_data_validation(listed)


def _help(sheet: Worksheet, language: Language) -> None:
    """Column by column, which an import knows again."""
    widths(sheet, 50, 100, 14)
    for row, column in enumerate(columns(), 1):
        heading, hint = getattr(column.heading, language), getattr(column.hint, language)
        put(sheet, row, [quoted(heading), hint, getattr(_REQUIRED, language) if column.required else ""])

"""Why a table of facts can't be imported: of the whole file, of a heading, of a cell."""

from shared.web.refusal import Refused


class Unimportable(Refused):
    """Something in the file isn't as it has to be; the base of the reasons."""

    status = 422


class NoTable(Unimportable):
    """The file is neither an XLSX workbook nor a table as text (CSV); an old .xls or one under a password isn't either."""


class UnsafeWorkbook(Unimportable):
    """The workbook unpacks to more than anybody fills in, or holds what no workbook needs; it isn't unpacked."""

    takes = ("megabytes",)


class BrokenTable(Unimportable):
    """The file can't be read to its end as what it says it is."""


class UnknownEncoding(Unimportable):
    """The text is neither UTF-8, UTF-16 with its mark, nor the Kazakh KZ-1048 (cp1251 with the Kazakh letters)."""


class NoHeadings(Unimportable):
    """A visible sheet with something in it, or the file, has no row of headings with the BIN among them near its top."""


class NothingToImport(Unimportable):
    """There are headings and nothing below them."""


class TooManyRows(Unimportable):
    """The file has more rows than one import takes."""

    takes = ("rows",)


class TooLargeToCheck(Unimportable):
    """The check would take more memory or time than any table that people fill in."""


class TooManyProblems(Unimportable):
    """So much is wrong that the rest wasn't looked at."""

    takes = ("problems",)


class UnknownHeading(Unimportable):
    """A column has a heading that says nothing to us, so its values would be lost."""


class RepeatedHeading(Unimportable):
    """Two columns have the same heading."""

    takes = ("other",)


class MissingColumns(Unimportable):
    """Columns are missing that every row needs."""

    takes = ("columns",)


class MergedCells(Unimportable):
    """Merged cells hold one value, so the rows beside it have none."""


class CellWithoutHeading(Unimportable):
    """A value stands in a column that has no heading."""


class TooManyColumns(Unimportable):
    """A value stands farther to the right than any table goes."""

    takes = ("columns",)


class CellTooLong(Unimportable):
    """The cell has more text than a cell of a spreadsheet program holds."""

    takes = ("characters",)


class ControlCharacter(Unimportable):
    """The cell has a character that nobody sees nor types, such as NUL."""


class EmptyCell(Unimportable):
    """Every row needs this value."""


class FormulaInCell(Unimportable):
    """A formula's result depends on the program that last opened the file; only values are imported."""


class ErrorInCell(Unimportable):
    """The cell shows an error of the spreadsheet program, such as #N/A."""


class DigitsLost(Unimportable):
    """The number was kept as something like 9.9E+11 or has more digits than a number cell holds."""


class NoDay(Unimportable):
    """The cell holds no day of the calendar."""


class NotAnAmount(Unimportable):
    """The cell holds no amount in tenge, or more than two digits after the point."""


class NoCount(Unimportable):
    """The cell holds no whole number from 0."""


class NoMeasure(Unimportable):
    """What was planned or reached isn't a number with at most six digits after the point."""


class UnknownWord(Unimportable):
    """The cell takes one of a few words."""

    takes = ("expected",)


class UnclearSource(Unimportable):
    """A source is a document, register or audit, and after a colon its number or place there."""


class NoSource(Unimportable):
    """A fact has no source: neither its own column nor the row's names one."""


class NotInParts(Unimportable):
    """An item of a list doesn't have the parts, separated by colons, that the heading asks for."""


class OutsidePeriod(Unimportable):
    """A day that has to lie in the reporting year doesn't."""

    takes = ("period",)


class AfterItsDate(Unimportable):
    """A day lies after the date of the facts, which nobody could know then."""

    takes = ("date",)


class ReportedTwice(Unimportable):
    """The same fact of the same organisation stands in an earlier row too."""

    takes = ("earlier",)


class DescribedOtherwise(Unimportable):
    """An earlier row gives the organisation of this BIN another name, kind or region."""

    takes = ("earlier",)

"""What is read and what is refused: by content, in whatever shape it comes, under limits."""

import io
import subprocess
import sys
import zipfile
from datetime import date

import pytest
import xlsxwriter

from tfsaas import config
from tfsaas.loads import reading, sandbox
from tfsaas.loads.sandbox import read_file
from tfsaas.loads.table import Table, TableRefused

ENTITIES = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Message>&b;</Message>'  # fmt: skip
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]><Message>&a;</Message>'  # fmt: skip


def workbook(*rows: tuple[object, ...], second: bool = False) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("Rows")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(at, column, cell, day)
            elif isinstance(cell, tuple):
                sheet.write_formula(at, column, cell[0], None, cell[1])
            elif cell is not None:
                sheet.write(at, column, cell)
    if second:
        book.add_worksheet("Notes").write(0, 0, "x")
    book.close()
    return made.getvalue()


def with_formula(cell: str) -> bytes:
    """A workbook whose B2 is written as told."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(("a", "b"), (1, 2)))) as book, zipfile.ZipFile(made, "w") as out:  # fmt: skip
        for info in book.infolist():
            part = book.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                assert part.count(b'<c r="B2"><v>2</v></c>') == 1
                part = part.replace(b'<c r="B2"><v>2</v></c>', cell.encode())
            out.writestr(info.filename, part)
    return made.getvalue()


def spreadsheet(body: str) -> bytes:
    """An ODS file with one sheet."""
    made = io.BytesIO()
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="Rows">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return made.getvalue()


def archive(size: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("xl/workbook.xml", b"0" * size)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "cells", "lines"),
    [
        (b'a,b\n1,2\n\n3,"x\ny"\n4,5\n', [["1", "3", "4"], ["2", "x\ny", "5"]], [2, 4, 6]),
        (b"\xef\xbb\xbfa,b\r\n 1 ,2\r\n", [["1"], ["2"]], [2]),
        (b"a;b\n1,5;2\n", [["1,5"], ["2"]], [2]),
        (b"a\tb\n1\t2\n", [["1"], ["2"]], [2]),
        (b"sep=;\na;b\n1;2\n", [["1"], ["2"]], [3]),
        ("a,b\nJosé,2\n".encode("utf-16"), [["José"], ["2"]], [2]),
        ("a,b\n".encode("utf-16-le") + "José,2\n".encode("utf-16-le") * 30, [["José"] * 30, ["2"] * 30], list(range(2, 32))),
        ("a,b\nJosé,2\n".encode("cp1252"), [["José"], ["2"]], [2]),
        (b"a,b\n1\n", [["1"], [""]], [2]),
    ],
    ids=["quoted lines", "mark and spaces", "semicolons", "tabs", "sep line", "UTF-16", "UTF-16 unmarked", "Windows", "short row"],
)  # fmt: skip
def test_csv_is_read_as_people_save_it(content, cells, lines):
    table = read_file(content)

    assert (table.columns, table.lines) == (cells, lines)


def test_another_encoding_is_told():
    assert "Windows-1252" in read_file("a\nJosé\n".encode("cp1252")).notes[0]


def test_a_workbook_is_read_as_people_see_it():
    table = read_file(
        workbook(
            ("UPN", "Born", "Sessions", "Text", "Sum", "Yes"),
            ("B801200005001", date(2014, 3, 9), 140.0, "0123", ("=1+1", 2), True),
            (9990079196, 43555, 1.5, None, None, None),
            second=True,
        )
    )

    assert table.columns == [
        ["B801200005001", "9990079196"], ["2014-03-09", "43555"], ["140", "1.5"], ["0123", ""], ["2", ""], ["yes", ""],
    ]  # fmt: skip
    assert table.lines == [2, 3]
    assert table.notes == ["The workbook has several sheets; only “Rows” was read"]


def test_a_formula_whose_result_is_an_empty_text_is_empty():
    table = read_file(with_formula('<c r="B2" t="str"><f>IF(A2=1,"","x")</f><v></v></c>'))

    assert table.columns == [["1"], [""]]


def test_a_hidden_sheet_is_not_read():
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    hidden, shown = book.add_worksheet("Lookup"), book.add_worksheet("Rows")
    hidden.write_row(0, 0, ("x", "y"))
    hidden.write_row(1, 0, ("no", "no"))
    shown.write_row(0, 0, ("a", "b"))
    shown.write_row(1, 0, ("1", "2"))
    shown.activate()
    hidden.hide()
    book.close()

    assert read_file(made.getvalue()).columns == [["1"], ["2"]]


def test_an_open_document_sheet_is_read():
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>" + cell + cell + "</table:table-row>"

    table = read_file(spreadsheet(row.format("a", "b") + row.format("1", "2")))

    assert table == Table(["a", "b"], [["1"], ["2"]], [2])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"a,b\n", "a header but no rows"),
        (b",\n1,2\n", "a header but no rows"),
        (b"a,a\n1,2\n", "Two columns are called “a”"),
        (b"a,b\n1,2,3\n", "Line 2 has 3 cells where the header has 2"),
        (b"a,b\n1,\x002\n", "Line 2 holds a character that is not text (code 0)"),
        (b"a,b\nJos\xc3\xa9,2\nJos\xe9,1\n", "mixes two encodings"),
        (b"a,b\n\x81\x8d,1\n", "encoding we cannot read"),
        (b'a,b\n1,"x\n2,3\n', "a quotation mark is not closed"),
        (b"a,b\n1," + b"x" * 20_000 + b"\n", "more than 10,000 characters"),
        (b"1,2\n" * 5_000_000, "more than 500,000 rows"),
        (b",".join(b"c%d" % n for n in range(16_000)) + b"\n1\n", "more than 200 columns"),
        (b"%PDF-1.7 and so on", "This is a PDF"),
        (b"\x89PNG\r\n", "This is a picture"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old workbook, or one with a password"),
        (b"PK\x03\x04 not whole", "cannot be opened"),
        (archive(400_000_000), "unpacks to more"),
        (archive(3_000), "cannot be opened"),
        (workbook(("a", "b"), (1, ("=1/0", "#DIV/0!"))), "an error in B2"),
        (workbook(("a", "b"), (1, 2, "beside")), "Row 2 has a cell to the right"),
        (workbook(("Exclusions 2025",), ("a", "b"), (1, 2)), "is not the names of columns"),
        (b"Exclusions 2025,\na,b,c\n1,2,3\n", "is not the names of columns"),
        (with_formula('<c r="B2"><f>A2+1</f></c>'), "never worked out in B2"),
        (with_formula('<c r="B2"><f>A2+1</f><v></v></c>'), "never worked out in B2"),
        (
            spreadsheet(
                '<table:table-row><table:table-cell table:formula="of:=1+1"/></table:table-row>'
            ),
            "never worked out",
        ),
        (workbook(), "is empty"),
        (ENTITIES, "defines entities"),
        (OUTSIDE, "defines entities"),
        (b"<Message><Header>", "not whole XML"),
        (b"<html><body/></html>", "no Header of a census"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_in_plain_words(content, words):
    with pytest.raises(TableRefused) as refused:
        read_file(content)

    assert words in refused.value.faults[0]


def test_a_reader_that_runs_out_of_memory_harms_nobody(monkeypatch):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.001)

    with pytest.raises(TableRefused, match="more memory or time"):
        read_file(b"a\n1\n" * 100_000)


def test_the_process_that_reads_has_limits_and_no_settings():
    script = (
        "import resource, sys; from tfsaas.loads import reading; import io;"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b'a\\n1\\n')); reading.main();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0], 'flask' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=config.CHECKOUT, check=True)  # fmt: skip

    assert done.stderr.split() == [str(reading.MEMORY), str(reading.CPU_SECONDS), "False"]

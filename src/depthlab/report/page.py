"""Write a page with its pictures and tables."""

import os
from pathlib import Path

from depthlab.report.blocks import Page, PageTable, Picture, blocks_of
from depthlab.report.figure_data import read_figure
from depthlab.report.html import FIGURE_FILES, Drawing, to_html
from depthlab.report.latex import to_latex
from depthlab.report.svg import inline_svg, lay_out, to_pdf, to_png, to_svg


def write_page(page: Page, folder: Path) -> list[Path]:
    """Write the page and its files, and return their paths, the page's own first.

    ======================  ==================================================================================
    `index.html`            all of it in one file, that needs no network and no script
    `figures/NAME.svg`      each picture, on white
    `figures/NAME.png`      the same at 150 dots an inch
    `figures/NAME.pdf`      the same for a paper
    `figures/NAME.csv`      the points that it shows
    `tables/NAME.csv`       each table that has a name, with all digits
    `tables/NAME.tex`       the same as it is shown, for a paper
    ======================  ==================================================================================

    The same page gives the same bytes. Each file is either the old or the new one, whole; the page is written last.

    Raises:
        OSError: The folder can't be made or written.
    """
    pictures = [block for block in blocks_of(page) if isinstance(block, Picture)]
    tables = [block for block in blocks_of(page) if isinstance(block, PageTable) and block.name]
    for names in ([picture.name for picture in pictures], [table.name for table in tables]):
        assert len(set(names)) == len(names), f"two blocks of a page have the same file name: {names}"
    files: dict[str, bytes] = {}
    drawings = {}
    for number, picture in enumerate(pictures, 1):
        lay_out(picture.figure)
        data = read_figure(picture.figure)
        svg = to_svg(picture.figure)
        inline = inline_svg(svg, prefix=f"f{number}", description=picture.description)
        drawings[picture.name] = Drawing(inline, data)
        contents = (svg.encode(), to_png(picture.figure), to_pdf(picture.figure), data.to_csv().encode())
        files |= {f"figures/{picture.name}.{kind}": one for kind, one in zip(FIGURE_FILES, contents, strict=True)}
    for table in tables:
        files[f"tables/{table.name}.csv"] = table.to_csv().encode()
        files[f"tables/{table.name}.tex"] = to_latex(table).encode()
    html = to_html(page, drawings).encode()
    paths = [_write(folder / name, data) for name, data in files.items()]
    return [_write(folder / "index.html", html), *paths]


def _write(path: Path, data: bytes) -> Path:
    """Write the file through a neighbor and a rename, so that nobody sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    neighbor = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        neighbor.write_bytes(data)
        os.replace(neighbor, path)
    except BaseException:
        neighbor.unlink(missing_ok=True)
        raise
    return path

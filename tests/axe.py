"""axe-core, which finds what hinders people who use a page by keyboard or ear, fetched once into the cache."""

import hashlib
import os
import tarfile
import tempfile
from pathlib import Path

import pytest

from depthlab.data.npm import npm_package

PACKAGE = "axe-core@4.11.1"
SHA256 = "7dbfabdfc6062936d79c873ddbb5f811a1219fca3928bd8cc9dd81f1e65f4720"
FINDINGS = """(async () => {
  document.querySelectorAll("details").forEach((folded) => { folded.open = true; });
  const found = await axe.run();
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary} ${node.html}`));
})()"""


def axe_run() -> str:
    """Return a script that returns what axe-core finds in a page, a line each; the test is skipped without it."""
    folder = Path(os.environ.get("DEPTHLAB_DATA", "~/.cache/depthlab")).expanduser()
    file = folder / f"{PACKAGE.replace('@', '-')}.min.js"
    if not file.is_file():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (
                tempfile.TemporaryDirectory() as work,
                npm_package(PACKAGE, Path(work)) as archive,
                tarfile.open(archive) as files,
            ):
                member = files.extractfile("package/axe.min.js")
                assert member is not None
                file.write_bytes(member.read())
        except (OSError, ValueError) as error:
            pytest.skip(f"{PACKAGE} is not here and can't be fetched: {error}")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == SHA256, f"{file} is not {PACKAGE}"
    return f"{file.read_text(encoding='utf-8')};{FINDINGS}"

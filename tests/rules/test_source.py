"""What reviewers would otherwise have to say again and again."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules import ROOT
from tests.rules.imports import tree_of

SOURCE = ROOT / "src"
LONGEST_FILE = 300  # lines; meant are 200
LONGEST_FUNCTION = 60  # meant are 30

# Registries, by the words that their addresses have in common; people take those from the pages of the tools.
HOSTS = r"pypi\.org|pythonhosted|npmjs|anaconda\.(org|com)|pytorch\.org|huggingface\.co|hf\.co|docker\.io|ghcr\.io"
# A path of one person's machine, or of the machine that something was written on.
HOMES = r"(?<![\w.:/$}-])/(root|work|home|Users|opt)/[\w.]"
FORBIDDEN = {"a registry's host name": re.compile(HOSTS), "a path of one machine": re.compile(HOMES)}
SPARED = {"tests/rules/test_source.py", "LICENSE"}


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listing.splitlines() if (ROOT / name).is_file() and name not in SPARED]


def complaints(name: str, text: str) -> list[str]:
    """Each place in `text` that names what no file may name."""
    return [
        f"{name}:{number}: {what}: {found.group()}"
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if (found := pattern.search(line))
    ]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(SOURCE.rglob("*.py")):
        yield file.relative_to(ROOT).as_posix(), tree_of(file)


def test_no_file_names_a_registry_or_a_machine():
    binary = {".png", ".pdf", ".jpg", ".gz", ".parquet", ".npy", ".pt"}
    names = [name for name in tracked_files() if Path(name).suffix not in binary]
    assert "pyproject.toml" in names
    assert [line for name in names for line in complaints(name, (ROOT / name).read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "line",
    ["--index-url https://download.pytorch.org/whl/cpu", "see /home/ada/x", "cd /work/here", "https://pypi.org/simple"],
)
def test_a_forbidden_name_is_found(line: str):
    assert len(complaints("page.md", f"fine\n{line}\n")) == 1


@pytest.mark.parametrize("line", ["COPY a /depthlab/mlruns", "a/home/b", "$HOME/work/x", "http://127.0.0.1:5000/work/"])
def test_a_harmless_line_passes(line: str):
    assert complaints("page.md", line) == []


def test_every_package_has_a_sorted_list_of_what_it_offers():
    wrong = []
    for file in sorted(SOURCE.rglob("__init__.py")):
        tree = tree_of(file)
        if len(tree.body) == 1 and ast.get_docstring(tree):
            continue  # a folder of modules, each imported by its own name
        names = offered(tree)
        if names is None or names != sorted(set(names), key=in_order):
            wrong.append(f"{file.relative_to(ROOT)}: __all__ is {names}")
    assert wrong == []


def in_order(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then functions, as ruff sorts them."""
    return (not name.isupper(), not name[0].isupper(), name)


def offered(tree: ast.Module) -> list[str] | None:
    """The names in `__all__`, None if there is none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None


def test_a_package_offers_what_it_imports():
    """Each re-exported name is in `__all__`, and each name there exists."""
    wrong = []
    for file in sorted(SOURCE.rglob("__init__.py")):
        tree = tree_of(file)
        ours = [n for n in tree.body if isinstance(n, ast.ImportFrom) and (n.module or "").startswith("depthlab.")]
        ours = [
            node for node in ours if node.module != "depthlab.lazy_exports"
        ]  # which opens the package, and is no part
        brought = {alias.asname or alias.name for node in ours for alias in node.names}
        if not brought <= set(offered(tree) or []):
            wrong.append(f"{file.relative_to(ROOT)}: not in __all__: {sorted(brought - set(offered(tree) or []))}")
    assert wrong == []


def test_files_and_functions_stay_short():
    long = []
    for name, tree in modules():
        lines = len((ROOT / name).read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{name}:{node.lineno}: {node.name} has {length} lines")
    assert long == []


def test_classes_are_abstract_or_final_or_frozen_records():
    open_classes = [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not closed(node)
    ]
    assert open_classes == []


def closed(node: ast.ClassDef) -> bool:
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    bases = {ast.unparse(base).partition("[")[0] for base in node.bases}
    frozen = any(text.startswith("dataclass(") and "frozen=True" in text for text in decorators)
    return "final" in decorators or frozen or bool(bases & {"ABC", "Protocol", "TypedDict", "NamedTuple"})


def test_nothing_is_probed_swallowed_or_left_open():
    found = []
    for name, tree in modules():
        assert Path(name).name not in ("utils.py", "helpers.py", "common.py"), f"{name}: say what is in it"
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="hasattr")):
                    found.append(f"{name}:{node.lineno}: hasattr")
                case ast.ExceptHandler(type=None):
                    found.append(f"{name}:{node.lineno}: bare except")
                case ast.ExceptHandler(type=ast.Name(id="Exception" | "BaseException"), body=[ast.Pass()]):
                    found.append(f"{name}:{node.lineno}: exception swallowed")
                case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
                    found.append(f"{name}:{node.lineno}: stub")
    assert found == []

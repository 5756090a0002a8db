"""Read from source text, without running it, what a file imports, on which line, and whether at once or later."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One imported name: `from a.b import c` is a.b.c, whether c is a module or something in one."""

    name: str
    line: int
    lazy: bool  # inside a function or under TYPE_CHECKING: importing the file doesn't import this

    @property
    def top(self) -> str:
        """The package that is imported from."""
        return self.name.partition(".")[0]


@cache
def tree_of(file: Path) -> ast.Module:
    """Return the syntax of a file, which is read once for all rules."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


@cache
def imports_of(file: Path, root: Path) -> tuple[Import, ...]:
    """Every import of `file`, relative ones resolved against `root`, the folder that packages lie in."""
    return tuple(_walk(tree_of(file), file.relative_to(root).parent.parts, lazy=False))


def _walk(node: ast.AST, package: tuple[str, ...], lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import():
                yield from (Import(alias.name, child.lineno, lazy) for alias in child.names)
            case ast.ImportFrom():
                base = _absolute(child, package)
                yield from (Import(f"{base}.{alias.name}", child.lineno, lazy) for alias in child.names)
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]) if _imports(function):
                yield Import(name, child.lineno, lazy)
            case ast.If(test=ast.Name("TYPE_CHECKING") | ast.Attribute(ast.Name("typing"), "TYPE_CHECKING")):
                for part in child.body:
                    yield from _walk(ast.Module([part], []), package, lazy=True)
                for part in child.orelse:
                    yield from _walk(ast.Module([part], []), package, lazy)
                continue
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _walk(child, package, lazy or inside)


def _absolute(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    if node.level == 0:
        return node.module or ""
    above = package[: len(package) - (node.level - 1)]
    return ".".join([*above, *([node.module] if node.module else [])])


def _imports(function: ast.expr) -> bool:
    """Whether a call of `function` imports: importlib.import_module("a.b"), __import__("a.b")."""
    match function:
        case ast.Name("import_module" | "__import__") | ast.Attribute(ast.Name("importlib"), "import_module"):
            return True
    return False

"""Completion in bash, zsh and fish: commands and questions, then keys and values as Hydra completes them."""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module

from hydra._internal.core_plugins.bash_completion import BashCompletion

from depthlab.commands.entry import command_names, question_names
from depthlab.recipe import config_loader

_BASH = """\
_depthlab() {
  local IFS=$'\\n'
  COMPREPLY=( $(COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" depthlab -sc query 2>/dev/null) )
}
COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
complete -o nospace -o default -F _depthlab depthlab
"""
_SCRIPTS = {
    "bash": _BASH,
    "zsh": f"autoload -U +X bashcompinit && bashcompinit\n{_BASH}",
    "fish": "complete -c depthlab -f -a '(COMP_LINE=(commandline -c) depthlab -sc query 2>/dev/null)'\n",
}


def complete(words: Sequence[str]) -> None:
    """Print a shell's script (`install=bash`), or what may follow the line in COMP_LINE (`query`)."""
    if list(words) == ["query"]:
        print(*answers(os.environ.get("COMP_LINE", "")), sep="\n")
        return
    shell = words[0].removeprefix("install=") if len(words) == 1 else ""
    if shell not in _SCRIPTS:
        raise ValueError("type depthlab --shell-completion install=bash, or zsh or fish, and evaluate what it prints")
    print(_SCRIPTS[shell], end="")


def answers(line: str) -> Iterator[str]:
    """Yield what the last word of a line may become."""
    _, _, typed = line.partition(" ")
    name, space, rest = typed.lstrip().partition(" ")
    known = [*command_names(), *question_names()]
    if not space:
        yield from (one for one in known if one.startswith(name))
    elif name in ("train", "sweep") or name in question_names():
        yield from (one for one in _own_keys(name) if one.startswith(rest.rpartition(" ")[2]))
        with config_loader() as loader:
            yield from BashCompletion(loader)._query(config_name="train", line=rest)
    elif name in known:
        yield from (one for one in _own_keys(name) if one.startswith(rest.rpartition(" ")[2]))


def _own_keys(name: str) -> list[str]:
    if name in question_names():
        from depthlab.questions import find_question

        return [f"{key}=" for key in ("output", *find_question(name).options)]
    module = import_module(f"depthlab.commands.{name}")
    return [f"{key}=" for part in ("REQUIRED", "OPTIONAL") for key in getattr(module, part, ())]

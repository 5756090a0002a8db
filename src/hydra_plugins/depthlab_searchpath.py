"""Lets other packages add models, data sets and sweeps by name: entry points of the group `depthlab.conf`.

Hydra looks for such plugins in the namespace package `hydra_plugins` alone and imports them at every start.
"""

from importlib.metadata import entry_points
from typing import final

from hydra.core.config_search_path import ConfigSearchPath
from hydra.plugins.search_path_plugin import SearchPathPlugin


@final
class InstalledConf(SearchPathPlugin):
    """Adds each package that an entry point names, such as `my_lab.conf`, behind our own conf/."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Append the packages."""
        for entry in entry_points(group="depthlab.conf"):
            search_path.append(provider=entry.name, path=f"pkg://{entry.value}")

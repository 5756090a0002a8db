"""A page in a real browser: what its console says, whether it scrolls sideways, whether its figures show something.

Chromium is driven over a pipe with the DevTools protocol, so that nothing beside the browser has to be installed. A
test takes the fixture `open_page`; it is skipped where there is no Chromium. CHROME may name the program.
"""

import base64
import fcntl
import io
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pytest
from PIL import Image

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, NARROW = 1280, 360  # CSS pixels
OPTIONS = (
    "--headless",
    "--no-sandbox",  # it can't be had by root, in containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--no-first-run",
    "--remote-debugging-pipe",
)
LOOK = """(() => {
  document.querySelectorAll("details").forEach((folded) => { folded.open = true; });
  const figures = [...document.querySelectorAll("figure, .figure")].map((figure) => {
    const shown = figure.querySelector("svg, img, table") ?? figure;
    const inner = shown.getBoundingClientRect(), outer = figure.getBoundingClientRect();
    return { name: figure.id, kind: shown.tagName.toLowerCase(), label: shown.getAttribute("aria-label") ?? "",
             left: Math.max(inner.left, outer.left) + scrollX, right: Math.min(inner.right, outer.right) + scrollX,
             top: inner.top + scrollY, bottom: inner.bottom + scrollY };
  });
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return { figures, doubled: ids.filter((id, place) => ids.indexOf(id) !== place),
           scroll_width: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
           height: document.documentElement.scrollHeight, title: document.title,
           headings: [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => +heading.tagName[1]),
           text: document.body.innerText };
})()"""


@dataclass(frozen=True)
class Shown:
    """A figure or table as the browser laid it out."""

    name: str  # its id
    kind: str  # svg, img or table
    label: str  # what is told to people who don't see it
    width: float  # of the part that is inside its box, in CSS pixels
    height: float
    ink: float  # share of its pixels that differ from the most frequent one

    @property
    def empty(self) -> bool:
        return self.width < 60 or self.height < 20 or self.ink < 0.005


@dataclass(frozen=True)
class Opened:
    """A page as it was in the browser."""

    title: str
    text: str  # what can be read
    errors: tuple[str, ...]  # of its console
    requests: tuple[str, ...]  # addresses that it asked for, beside its own and data:
    width: int  # of the window
    scroll_width: int  # more than the width: it scrolls sideways
    figures: tuple[Shown, ...]
    doubled: tuple[str, ...]  # ids that are there twice
    headings: tuple[int, ...]  # levels, in their order
    screenshot: Path  # PNG of the whole page
    answer: Any  # what the script returned that was run in it

    @property
    def problems(self) -> list[str]:
        """What is wrong with the page, a line each."""
        found = [f"console: {error}" for error in self.errors]
        found += [f"not self-contained, it asks for {url}" for url in self.requests]
        found += [f"figure is empty: {figure}" for figure in self.figures if figure.empty]
        mute = [figure.name for figure in self.figures if figure.kind != "table" and not figure.label]
        found += [f"figure has no description: {name}" for name in mute]
        found += [f"two elements have the id {name}" for name in self.doubled]
        if self.scroll_width > self.width:
            found.append(f"it scrolls sideways, being {self.scroll_width} pixels wide at {self.width}")
        if self.headings[:1] != (1,) or any(below - above > 1 for above, below in pairwise(self.headings)):
            found.append(f"headings out of order: {self.headings}")
        return found

    def check(self) -> None:
        """Fail unless the page is in order."""
        assert not self.problems, "\n".join(self.problems)


class OpenPage(Protocol):
    def __call__(
        self, path: Path, width: int = WIDE, *, dark: bool = False, scripts: bool = True, run: str = ""
    ) -> Opened: ...


class Chromium:
    """A browser that this process talks to: calls with answers, and events between them."""

    def __init__(self, program: str, home: Path) -> None:
        to_browser, from_us = os.pipe()
        from_browser, to_us = os.pipe()

        def place() -> None:  # the browser reads from 3 and writes to 4
            high = [fcntl.fcntl(file, fcntl.F_DUPFD, 10) for file in (to_browser, to_us)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self._process = subprocess.Popen(
            [program, *OPTIONS, f"--user-data-dir={home / 'profile'}", "about:blank"],
            preexec_fn=place,
            pass_fds=(3, 4),
            env=os.environ | {"HOME": str(home)},
            stdout=subprocess.DEVNULL,
            stderr=(home / "stderr").open("wb"),
        )
        os.close(to_browser)
        os.close(to_us)
        self._out, self._in = os.fdopen(from_us, "wb", 0), os.fdopen(from_browser, "rb")
        self._calls, self._rest = 0, b""
        self._home, self._shots = home, 0
        self.events: list[dict[str, Any]] = []

    def close(self) -> None:
        with suppress(OSError):
            self.call("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()
        self._in.close()

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": params} | ({"sessionId": session} if session else {})
        self._out.write(json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != self._calls:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def wait(self, method: str) -> None:
        while not any(event["method"] == method for event in self.events):
            self.events.append(self._read())

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._in.fileno(), 1 << 20)
            if not more:
                raise OSError(f"Chromium went away: {(self._home / 'stderr').read_text()[-500:]}")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read

    def read(self, url: str, script: str, *, seconds: float = 60) -> Any:
        """Open an address, and return what the script finds there as soon as that is true."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        try:
            screen = {"width": 1600, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
            self.call("Emulation.setDeviceMetricsOverride", session, **screen)
            self.call("Page.navigate", session, url=url)
            deadline = time.monotonic() + seconds
            while True:
                found = self.call("Runtime.evaluate", session, expression=script, returnByValue=True)["result"]
                if found.get("value"):
                    return found["value"]
                assert time.monotonic() < deadline, f"{url} shows nothing of it: {found}"
                time.sleep(0.2)
        finally:
            self.call("Target.closeTarget", targetId=target)

    def open_page(
        self, path: Path, width: int = WIDE, *, dark: bool = False, scripts: bool = True, run: str = ""
    ) -> Opened:
        """Open a file at a window's width, run a script in it (an expression, maybe a promise), return how it looks."""
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        try:
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable", session)
            self.call("Emulation.setScriptExecutionDisabled", session, value=not scripts)
            scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
            self.call("Emulation.setEmulatedMedia", session, features=[scheme])
            screen = {"width": width, "deviceScaleFactor": 1, "mobile": width < 600}
            self.call("Emulation.setDeviceMetricsOverride", session, height=800, **screen)
            self.call("Page.navigate", session, url=path.absolute().as_uri())
            self.wait("Page.loadEventFired")
            ran = self.call(
                "Runtime.evaluate", session, expression=run, awaitPromise=True, returnByValue=True, userGesture=True
            )
            assert "exceptionDetails" not in ran, ran["exceptionDetails"]
            look = self.call("Runtime.evaluate", session, expression=LOOK, returnByValue=True)["result"]["value"]
            # All of it at once, as what lies outside of the window is not drawn.
            self.call("Emulation.setDeviceMetricsOverride", session, height=max(800, look["height"]), **screen)
            shot = base64.b64decode(self.call("Page.captureScreenshot", session, optimizeForSpeed=True)["data"])
        finally:
            self.call("Target.closeTarget", targetId=target)
        self._shots += 1
        name = f"{self._shots:03}-{path.parent.name}-{width}{'-dark' if dark else ''}.png"
        (self._home / name).write_bytes(shot)
        pixels = Image.open(io.BytesIO(shot)).convert("RGB")
        return Opened(
            look["title"],
            look["text"],
            tuple(filter(None, map(_complaint, self.events))),
            tuple(url for url in map(_address, self.events) if url and url != path.absolute().as_uri()),
            width,
            look["scroll_width"],
            tuple(_shown(figure, pixels) for figure in look["figures"]),
            tuple(look["doubled"]),
            tuple(look["headings"]),
            self._home / name,
            ran["result"].get("value"),
        )


def _complaint(event: dict[str, Any]) -> str:
    params = event["params"]
    match event["method"]:
        case "Runtime.exceptionThrown":
            return str(params["exceptionDetails"].get("exception", {}).get("description") or params)
        case "Runtime.consoleAPICalled" if params["type"] in ("error", "assert", "warning"):
            return " ".join(str(one.get("value", one.get("description"))) for one in params["args"])
        case "Log.entryAdded" if params["entry"]["level"] in ("error", "warning"):
            return f"{params['entry']['text']} {params['entry'].get('url', '')}"
    return ""


def _address(event: dict[str, Any]) -> str:
    if event["method"] != "Network.requestWillBeSent":
        return ""
    url = str(event["params"]["request"]["url"])
    return "" if url.startswith("data:") or url == "about:blank" else url


def _shown(figure: dict[str, Any], pixels: Image.Image) -> Shown:
    left, top, right, bottom = (max(0, round(figure[side])) for side in ("left", "top", "right", "bottom"))
    ink = 0.0
    if (area := (right - left) * (bottom - top)) > 0:
        colors = pixels.crop((left, top, right, bottom)).getcolors(area) or []
        ink = 1 - max(count for count, _ in colors) / area
    return Shown(figure["name"], figure["kind"], figure["label"], right - left, bottom - top, ink)


def find_chromium() -> str | None:
    """Return the program, None if there is none."""
    named = os.environ.get("CHROME")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, PROGRAMS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """Chromium, one for all tests."""
    program = find_chromium()
    if program is None:
        pytest.skip("there is no Chromium here; CHROME=/path/to/it names one")
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as home:
        browser = Chromium(program, Path(home))
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="session")
def open_page(browser: Chromium) -> OpenPage:
    """Open a page in Chromium: `open_page(path, 360, dark=True).check()`."""
    return browser.open_page

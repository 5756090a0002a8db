"""What a color of a figure becomes on a dark page.

Grays swap their ends, so that ink stays ink and paper stays paper. Colors keep their hue and become lighter, the dark
ones most, and stay in their order; pale tints, between the two, do a bit of both.

Source of the color space, in which equal steps look equal: Ottosson, A perceptual color space for image processing,
2020, https://bottosson.github.io/posts/oklab/.
"""

import math

DARK_PAPER, DARK_INK = "#14171b", "#eceae6"
_COLORFUL = 0.09  # chroma from which on a color is not a tint of gray
_TOWARD_INK = 1.6  # exponent of the lightness of grays
_LIFT, _SPREAD = 0.48, 0.44  # lightness of the darkest color on a dark page, and from it to the lightest

_Triple = tuple[float, float, float]


def dark_twin(color: str) -> str:
    """Return the color to draw with on a dark page, where the figure has `color`; both as #rrggbb."""
    light, a, b = _to_oklab(color)
    paper, ink = _to_oklab(DARK_PAPER), _to_oklab(DARK_INK)
    # Above 1 so that gray text, too, is well above the paper.
    toward_paper = light**_TOWARD_INK
    as_gray = [start + toward_paper * (end - start) for start, end in zip(ink, paper, strict=True)]
    as_color = [_LIFT + _SPREAD * light, a, b]
    share = min(1.0, math.hypot(a, b) / _COLORFUL) ** 2
    lightness, a, b = (share * one + (1 - share) * other for one, other in zip(as_color, as_gray, strict=True))
    return _to_hex((lightness, a, b))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors, from 1 to 21 (Web Content Accessibility Guidelines 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    red, green, blue = _to_linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_linear(color: str) -> _Triple:
    red, green, blue = (_linear(int(color[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return red, green, blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _to_oklab(color: str) -> _Triple:
    red, green, blue = _to_linear(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _to_hex(oklab: _Triple) -> str:
    lightness, a, b = oklab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(max(channel, 0.0), 1.0))):02x}" for channel in channels)


def _gamma(share: float) -> float:
    return 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055

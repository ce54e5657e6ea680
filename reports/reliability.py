"""How sure the machine was beside how often it was right, as a drawing that stands on its own (SVG)."""

from __future__ import annotations

from collections.abc import Sequence

from qa.model.share import Share
from reports.text import Text

_SIDE, _LEFT, _TOP, _FOOT = 300, 56, 14, 46
"""Pixels: the square of the drawing, and the room around it for scales."""


def reliability_svg(bins: Sequence[tuple[float, Share]], text: Text) -> str:
    """One dot for each bin of verdicts: mean confidence across, share of right ones up, with its 95 % interval.

    The area of a dot grows with its verdicts. Both axes go from 0 to 1; where a machine's confidences are true the dots lie
    on the diagonal, above it it is more often right than it thinks.
    """
    total = sum(share.n for _, share in bins)
    width, height = _LEFT + _SIDE + 14, _TOP + _SIDE + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" lang="{text.html_lang}" aria-labelledby="reliability-title reliability-desc" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#333">',
        f'<title id="reliability-title">{text("confidence.title")}</title>',
        f'<desc id="reliability-desc">{text("confidence.desc", n=total)}</desc>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for step in range(0, 101, 20):
        x, y = _x(step / 100), _y(step / 100)
        parts += [
            f'<path d="M{_x(0)} {y}H{_x(1)}M{x} {_y(0)}V{_y(1)}" stroke="#ddd"/>',
            f'<text x="{_LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{step}%</text>',
            f'<text x="{x}" y="{_y(0) + 16:.0f}" text-anchor="middle">{step}%</text>',
        ]
    parts.append(f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#777" stroke-dasharray="4 3"/>')
    parts += [_dot(confidence, share, total) for confidence, share in bins if share.n]
    parts += [
        f'<text x="{_x(0.5)}" y="{height - 8}" text-anchor="middle">{text("confidence.sure")}</text>',
        f'<text transform="translate(14 {_y(0.5)}) rotate(-90)" text-anchor="middle">{text("confidence.right")}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _dot(confidence: float, share: Share, total: int) -> str:
    low, high, value = share.low or 0.0, share.high or 0.0, share.value or 0.0
    x = _x(confidence)
    radius = 3 + 7 * (share.n / total) ** 0.5
    return (
        f'<path d="M{x} {_y(low)}V{_y(high)}" stroke="#1f5f8b" stroke-width="1.5"/>'
        f'<circle cx="{x}" cy="{_y(value)}" r="{radius:.1f}" fill="#1f5f8b">'
        f"<title>{confidence:.0%}: {share.k} / {share.n}</title></circle>"
    )


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)

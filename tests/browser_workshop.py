"""A real Chromium to look at pages with: what they load, where things lie, which colours they have."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)
# Boxes of all texts in pictures that are on the page now, by picture.
TEXTS = """
return [...document.querySelectorAll("svg")].map(svg => [...svg.querySelectorAll("text")]
  .map(text => [text.textContent, text.getBoundingClientRect()]).filter(([_, box]) => box.width)
  .map(([text, box]) => [text, box.left, box.top, box.right, box.bottom]));
"""
# What can be read and its contrast (WCAG 2.2, 1.4.3) with what is behind it; lines and points with theirs (1.4.11).
CONTRAST = """
const channels = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
const part = share => share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * part(r / 255) + 0.7152 * part(g / 255) + 0.0722 * part(b / 255);
const behind = node => {
  for (let up = node; up; up = up.parentElement) {
    const found = channels(getComputedStyle(up).backgroundColor);
    if (found.length === 3 || found[3] === 1) return found;
  }
  return [255, 255, 255];
};
const contrast = (colour, node) => {
  const [high, low] = [light(channels(colour)), light(behind(node))].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};
const own = node => [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
const seen = [...document.querySelectorAll("body *")].filter(node => node.getClientRects().length);
const read = seen.filter(node => own(node) && !node.closest("title, desc")).map(node => {
  const style = getComputedStyle(node);
  return [node.textContent, contrast(node.closest("svg") ? style.fill : style.color, node)];
});
const drawn = seen.filter(node => node.matches(".stroke, .dot, .last")).map(node => {
  const style = getComputedStyle(node);
  const filled = node.matches(".last") || style.stroke === "none";
  return [node.getAttribute("class"), contrast(filled ? style.fill : style.stroke, node)];
});
return {read, drawn, paper: light(behind(document.body))};
"""
# How many pixels a screenshot has of each colour, most first.
COLOURS = """
const [source, done] = arguments;
const image = new Image();
image.onload = () => {
  const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer), found = new Map();
  for (const pixel of pixels) found.set(pixel, (found.get(pixel) || 0) + 1);
  const colour = pixel => [pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255].join();
  done([...found].map(([pixel, times]) => [colour(pixel), times]).sort((a, b) => b[1] - a[1]));
};
image.src = "data:image/png;base64," + source;
"""


class Browser:
    """One window: `open` shows a page, all else says what is there."""

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver

    def open(self, path: Path, width: int = 1280, scheme: str = "light") -> None:
        self._driver.get("about:blank")
        self._logged("performance")
        self._logged("browser")
        emulated = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self._driver.execute_cdp_cmd("Emulation.setEmulatedMedia", emulated)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self._driver.get(path.as_uri())

    def asked(self, script: str, *arguments: Any) -> Any:
        """Run a script, which the page's own policy does not hold back, and return what it returns."""
        return self._driver.execute_script(script, *arguments)

    def loaded(self) -> list[str]:
        """Return what was asked for since the page was opened, the page included."""
        events = [json.loads(entry["message"])["message"] for entry in self._logged("performance")]
        return [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """Return what stands in the console."""
        return [entry["message"] for entry in self._logged("browser")]

    def press(self, *keys: str) -> None:
        for key in keys:
            self._driver.switch_to.active_element.send_keys(key)

    def named(self, role: str) -> list[tuple[str, str]]:
        """Return the name and the description of everything that assistive technology is told has a role."""
        nodes = self._driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        found = [node for node in nodes if not node["ignored"] and node["role"]["value"] == role]
        return [tuple(node.get(what, {}).get("value", "") for what in ("name", "description")) for node in found]

    def colours(self) -> list[tuple[str, int]]:
        """Return the colours of the first two screens, with their pixels; the page is gone afterwards."""
        clip = {"x": 0, "y": 0, "width": self.asked("return innerWidth"), "height": 1800, "scale": 1}
        shot = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        taken = self._driver.execute_cdp_cmd("Page.captureScreenshot", shot)["data"]
        assert base64.b64decode(taken).startswith(b"\x89PNG")
        self._driver.get("about:blank")
        return [(colour, pixels) for colour, pixels in self._driver.execute_async_script(COLOURS, taken)]

    def _logged(self, kind: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._driver.get_log(kind)  # type: ignore[no-untyped-call]
        return entries


TAB, ENTER = Keys.TAB, Keys.ENTER


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start a Chromium with a profile of its own; skip the test where there is none."""
    programs = shutil.which("chromium"), shutil.which("chromedriver")
    if None in programs:
        pytest.skip("chromium and chromedriver are not on PATH: apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = str(programs[0])
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(str(programs[1])))
    try:
        yield Browser(driver)
    finally:
        driver.quit()

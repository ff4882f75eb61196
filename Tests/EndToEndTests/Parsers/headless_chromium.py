"""Debian's Chromium without a window, for the scripts that read pages."""

import contextlib
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


@contextlib.contextmanager
def headless_chromium():
    """A browser that logs what pages say and ask for. What it writes, its home included, goes with it."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # Chromium has no sandbox of its own for root, and containers have a small /dev/shm.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Its last processes may still write while the folder is removed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        service = Service("/usr/bin/chromedriver", env={"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder})
        browser = webdriver.Chrome(options=options, service=service)
        try:
            yield browser
        finally:
            browser.quit()

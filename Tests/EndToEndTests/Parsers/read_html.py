"""Opens a page in headless Chromium, on a phone and on a desk, light and dark, and once for print; prints what is there.

Fails if the page asks the network for anything, logs anything, is wider than the screen, saves other JSON than it
holds, or breaks a rule of axe-core.
"""

import importlib.util
import json
import os
import sys
import tempfile
import time

from headless_chromium import headless_chromium

page = "file://" + os.path.abspath(sys.argv[1])
axe = os.path.join(os.path.dirname(importlib.util.find_spec("axe_core_python").origin), "axe.min.js")
with open(axe, encoding="utf-8") as file:
    axe = file.read()

with headless_chromium() as browser:
    browser.set_script_timeout(300)
    for width, height, media, scheme in (
        (390, 844, "screen", "light"), (390, 844, "screen", "dark"), (1440, 900, "screen", "light"),
        (1440, 900, "screen", "dark"), (794, 1123, "print", "light"),
    ):
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        browser.get(page)
        browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
        seen = browser.execute_script("return document.documentElement.scrollWidth")
        assert seen <= width, f"{seen} wide on {width}"
        if media == "screen" and width == 1440:
            # The table of runs has all its columns in view on a desk, unless a name in it is longer than any of ours.
            hidden = browser.execute_script("""
                return [...document.querySelectorAll('[aria-label="All runs"]')]
                  .filter(table => [...table.querySelectorAll('td')].every(cell => cell.textContent.length < 60))
                  .filter(table => table.scrollWidth > table.clientWidth).map(table => table.scrollWidth)""")
            assert not hidden, f"the table of runs is {hidden} wide"
        if media == "screen" and width == 390:
            narrow = browser.execute_script("""
                return [...document.querySelectorAll('.changes td[data-label], .probes td')]
                  .map(cell => cell.getBoundingClientRect().width).filter(width => width < 250)""")
            assert not narrow, f"cells of {narrow} pixels on a phone"
        # A text of a drawing that leaves it is cut off or lies over its neighbour.
        outside = browser.execute_script("""
            return [...document.querySelectorAll('svg text')].filter(text => {
              const box = text.getBoundingClientRect(), frame = text.ownerSVGElement.getBoundingClientRect();
              return box.left < frame.left - 1 || box.right > frame.right + 1
            }).map(text => text.textContent)""")
        assert not outside, outside
        browser.execute_script(axe)
        # Hundreds of rows like the first twenty take minutes and tell nothing more.
        browser.execute_script(
            "document.querySelectorAll('tbody tr:nth-child(n+21)').forEach(each => each.remove())")
        found = browser.execute_async_script("const done = arguments[0]; axe.run().then(done)")
        assert not found["violations"], json.dumps(found["violations"], indent=1)[:4000]
        assert len(found["passes"]) > 10, "axe checked nothing"

    # What is saved, byte for byte; the last sheet was paper, which has no button.
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen", "features": []})
    browser.get(page)
    with tempfile.TemporaryDirectory() as folder:
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": folder})
        browser.execute_script("document.getElementById('save').click()")
        held = browser.execute_script("return document.getElementById('json').textContent").strip() + "\n"
        # The name is there before the contents are: a download is over when all of them have come.
        until, text = time.monotonic() + 60, ""
        while len(text) < len(held):
            assert time.monotonic() < until, f"{len(text)} of {len(held)} characters were saved"
            time.sleep(0.05)
            for name in os.listdir(folder):
                if name.endswith(".json"):
                    with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                        text = file.read()
    assert text == held, "what is saved is not what is held"

    logged = browser.get_log("browser")
    assert not logged, logged
    asked = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    # The page itself, and the bytes that it saves.
    others = [url for url in asked if url != page and not url.startswith(("blob:file:", "blob:null"))]
    assert page in asked, "the log of requests does not work"
    assert not others, others

    show = browser.execute_script("""
        const text = element => element.innerText.replace(/\\s+/g, ' ').trim();
        const told = document.querySelectorAll('h1, h2, h3, h4, tbody th, .probes td, svg desc');
        return ['title ' + document.title, ...[...told]
          .map(each => each.localName + ' ' + (each.localName == 'desc' ? each.textContent : text(each)))]""")
    print("\n".join(show))
    print("saved " + json.dumps(json.loads(text), sort_keys=True, ensure_ascii=True))

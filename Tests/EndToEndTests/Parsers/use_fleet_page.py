"""Filters and sorts the table of a fleet's page as a reader does, on a phone and on a desk: use_fleet_page.py PAGE [FOLDER]

Prints what is seen. With FOLDER, leaves a picture of each there.
"""

import os
import sys

from headless_chromium import headless_chromium


def picture(name):
    if len(sys.argv) > 2:
        browser.save_screenshot(os.path.join(sys.argv[2], f"{name}.png"))


def rows():
    """What can be seen of the rows, a list of cells each."""
    return browser.execute_script("""
        return [...document.querySelectorAll('#fleet tbody tr')].filter(row => row.getClientRects().length)
          .map(row => [...row.cells].map(cell => cell.innerText.replace(/\\s+/g, ' ').trim()))""")


with headless_chromium() as browser:
    for width, scheme in ((390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")):
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": "screen", "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        browser.get("file://" + os.path.abspath(sys.argv[1]))
        all_rows = rows()
        browser.execute_script("document.getElementById('fleet').scrollIntoView()")
        picture(f"fleet-{width}-{scheme}")
        headings = browser.find_elements("css selector", "#fleet thead button")
        titles = [each.text.strip("\u25b2\u25bc ") for each in headings]
        if width < 600:
            # Every cell of a card is within the screen and says what it is.
            assert browser.execute_script("""
                return [...document.querySelectorAll('#fleet tbody tr > *')].every(cell => {
                  const box = cell.getBoundingClientRect();
                  const title = getComputedStyle(cell, '::before').content;
                  return box.right <= innerWidth && (!cell.innerText || title.includes(cell.dataset.title))
                })"""), "a card leaves the screen, or a figure stands without its name"
        for title in ("reports", "kernel"):
            column, button = titles.index(title), headings[titles.index(title)]
            for _ in range(2):
                button.click()
                way = button.find_element("xpath", "..").get_attribute("aria-sort")
                sought = [row[column].removeprefix(f"{title}: ") for row in rows()]
                keys = [int(cell.replace(",", "")) for cell in sought] if title == "reports" else sought
                assert len(set(keys)) > 1, "there is nothing to sort"
                if title == "reports":
                    assert keys == sorted(keys, reverse=way == "descending"), (way, keys)
                print(width, scheme, title, way, sought[0], sought[-1])
        field = browser.find_element("id", "filter")
        field.send_keys("FAULTY 6.12")
        seen = rows()
        assert 0 < len(seen) < len(all_rows)
        assert all("FAULTY" in " ".join(row) and "6.12" in " ".join(row) for row in seen), seen
        shown = browser.find_element("id", "shown").text
        assert shown == f"{len(seen)} of {len(all_rows)} groups", shown
        picture(f"fleet-{width}-{scheme}-filtered")
        field.clear()
        field.send_keys("x")
        field.send_keys("\b")
        assert sorted(rows()) == sorted(all_rows), "rows are gone"
    print(len(all_rows), "groups")

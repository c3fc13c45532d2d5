# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Values of a config.yaml as ailoop writes it: blocks, a key a line, two levels. No YAML package is needed for that."""

import re

LINE = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z_]\w*):(?: +(?P<value>.*))?$")


def parse_settings(text):
    """{"loop.tolerance": "0.05", ...}; values stay text, quotes are taken off."""
    settings = {}
    section = []
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        depth = len(match["indent"]) // 2
        section = [*section[:depth], match["key"]]
        value = (match["value"] or "").strip()
        if value:
            settings[".".join(section)] = value[1:-1] if value[0] == value[-1] in "\"'" else value
    return settings


def whole_number(settings, key, default):
    try:
        return int(settings.get(key, default))
    except ValueError:
        return default

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the shared library exports is what its list names, and each name on the list is there: LIBRARY LIST."""

import fnmatch
import re
import subprocess
import sys
from pathlib import Path


def main():
    library, listed = sys.argv[1:]
    names = re.findall(r"^ +([\w:?*]+);", Path(listed).read_text(encoding="utf-8").split("local:")[0], re.MULTILINE)
    told = subprocess.run(["nm", "-DC", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    exported = [line.split(" ", 2)[2] for line in told.splitlines()]
    # of Kokkos there may be little: it can be a shared library itself
    stale = [name for name in names if "ailoop" in name and not fnmatch.filter(exported, name)]
    patterns = [re.compile(fnmatch.translate(name)) for name in names]
    others = [symbol for symbol in exported if not any(pattern.match(symbol) for pattern in patterns)]
    print("\n".join([*(f"nothing is called {name}" for name in stale), *(f"exports {symbol}" for symbol in others)]))
    return 1 if stale or others or not exported else 0


if __name__ == "__main__":
    sys.exit(main())

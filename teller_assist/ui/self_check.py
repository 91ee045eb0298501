"""Start a Qt application, look for a Chinese font, and print what was found as JSON. Runs as a child of ``doctor``."""

from __future__ import annotations

import json
import sys

from PyQt5.QtGui import QFontDatabase
from PyQt5.QtWidgets import QApplication

from teller_assist.ui import qt_environment


def main() -> int:
    """Print the platform's name and the number of font families for simplified Chinese."""
    qt_environment.clean()
    application = QApplication(sys.argv[:1])
    families = QFontDatabase().families(QFontDatabase.SimplifiedChinese)
    sys.stdout.write(json.dumps({"platform": application.platformName(), "chinese_fonts": len(families)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A process that draws no PDF does not read WeasyPrint: it costs 0.4 s of each start."""

import subprocess
import sys

ASKED = "import django; django.setup(); import dcc.urls, sys; sys.exit('weasyprint' in sys.modules)"


def test_a_process_that_starts_does_not_read_weasyprint() -> None:
    assert subprocess.run([sys.executable, "-c", ASKED], check=False).returncode == 0

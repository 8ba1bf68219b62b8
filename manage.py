#!/usr/bin/env python
"""Django's command line; the role used on the database follows the command (see dcc.settings.base)."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

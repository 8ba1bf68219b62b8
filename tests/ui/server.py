"""Serves the gallery and the mock-ups on a free port of the loopback, for the browser tests: prints the port."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.ui.settings_ui"

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application


class Threaded(ThreadingMixIn, WSGIServer):
    """One thread a request: the browser asks for several files at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """No access log."""

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), Threaded, Quiet)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()

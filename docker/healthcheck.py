"""Health of the web container: the sign-in page answers, as the reverse proxy would ask for it."""

import http.client
import os
import sys

host = os.environ["DCC_ALLOWED_HOSTS"].split(",")[0]
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", "/", headers={"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"})
sys.exit(connection.getresponse().status >= 500)

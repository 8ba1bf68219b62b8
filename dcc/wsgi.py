"""The door of the web server."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.base")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  once the settings are read

get_resolver().url_patterns  # noqa: B018  every view is loaded before the fork: shared, and no first request waits

# What is loaded stays for the life of the server. Walking it again at each collection stops everybody for 100 ms or
# more, in the middle of a save; what a request leaves behind is collected as before. Forms are compiled later: whole
# collections are made rare rather than these frozen one by one, with whatever other threads hold at that moment.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)

# A thread that comes back from the database waits this long at most for one that draws a page, at each of its queries.
sys.setswitchinterval(0.001)

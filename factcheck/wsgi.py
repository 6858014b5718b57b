"""The WSGI entry point: `gunicorn factcheck.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "factcheck.settings")
application = get_wsgi_application()
# What is loaded by now stays for as long as the process: the collector, which would walk it during
# some reader's request, leaves it out.
gc.collect()
gc.freeze()

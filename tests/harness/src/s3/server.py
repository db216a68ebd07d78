"""Serves S3 from memory on a loopback port that it prints: server.py PACKAGES.

Requests are handled one after the other. moto itself checks `If-None-Match` and writes in two
steps, so with threads two creates of one object can both succeed.
"""

import logging
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


def end_with_the_test():
    sys.stdin.buffer.read()
    os._exit(0)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
# A connection on which nothing comes may not stop all others.
WSGIRequestHandler.timeout = 2
server = make_server(
    "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False
)
print(server.port, flush=True)
threading.Thread(target=end_with_the_test, daemon=True).start()
server.serve_forever()

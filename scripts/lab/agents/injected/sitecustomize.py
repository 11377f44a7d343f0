"""Found by Python before a program of an agent's begins: SQLAlchemy's statements then carry the trace that they belong to.

As OpenTelemetry's instrumentation does with sqlcommenter: a trailing comment, keys sorted, values URL-encoded.
"""

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.util import find_spec


class Hook(MetaPathFinder):
    """Waits for sqlalchemy to be imported: other programs do not pay for it."""

    def find_spec(self, name, path, target=None):
        if name != "sqlalchemy":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            listen()

        spec.loader.exec_module = exec_module
        return spec


def listen():
    from urllib.parse import quote

    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    comment = "/*traceparent='%s'*/" % quote(os.environ["TRACEPARENT"])

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def add(connection, cursor, statement, parameters, context, many):
        return f"{statement} {comment}", parameters


if os.environ.get("TRACEPARENT"):
    sys.meta_path.insert(0, Hook())

"""Loaded by schemathesis, see run.ts."""

import schemathesis


def is_empty(value):
    if isinstance(value, (list, tuple)):
        return all(map(is_empty, value))
    return value is None or value == "" or value == {}


@schemathesis.hook
def filter_case(context, case):
    """An empty parameter counts as absent, which OpenAPI has no words for."""
    return not any(map(is_empty, (case.query or {}).values()))

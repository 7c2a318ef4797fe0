"""Gives the application the catalogue, and pages the filter that lesson text is shown through."""

from flask import Flask

from courses.catalogue import Catalogue
from courses.words import rich


def serve_courses(app: Flask) -> None:
    """Sets app.extensions["catalogue"]. A lesson with a fault is left out and logged; the house still opens."""
    catalogue = Catalogue.load()
    for fault in catalogue.faults:
        app.logger.error("left out of the library: %s", fault)
    app.extensions["catalogue"] = catalogue
    app.add_template_filter(rich, "rich")

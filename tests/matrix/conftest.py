"""One set of worlds for a whole module; every request inside it is undone."""

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import sessionmaker

import foundation.clock
from tests.conftest import NOON
from tests.making import Make
from tests.matrix.asking import Matrix
from tests.matrix.worlds import build_world, everybody


@pytest.fixture(scope="module")
def matrix(whole_app, engine):
    with pytest.MonkeyPatch.context() as patch, engine.connect() as connection:
        outer = connection.begin()
        sessions = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        patch.setattr(foundation.clock, "now", lambda: NOON)
        patch.setitem(whole_app.extensions, "sessions", sessions)
        # What is printed is looked through as words; how it is set is others' to test.
        patch.setattr("foundation.web.pdf.engine.render_shortest", lambda pages, *_: "".join(pages).encode())
        patch.setattr("foundation.web.pdf.engine.lay_out", lambda page, _styles: page)
        patch.setattr("foundation.web.pdf.engine.write_archival", lambda pages, *_: "".join(pages).encode())
        with sessions() as session:
            make = Make(session)
            course = make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai")))
            patch.setitem(whole_app.extensions, "catalogue", make.catalogue(course))
            patch.setattr("learning.views.page_cache._pages", {})
            home, far = make.commune("15607"), make.commune("15610", "Mẫu Xa")
            other = make.commune("00004", "Mẫu Khác", province=make.province("01", "Hà Nội"))
            worlds = {
                key: build_world(make, key, commune, course)
                for key, commune in (("A", home), ("B", home), ("C", far), ("D", other))
            }
            whole_app.config["SERVER_NAME"] = None
            seal = SecureCookieSessionInterface().get_signing_serializer(whole_app)
            identities = everybody(make, worlds, seal)
        asking = Matrix(whole_app, connection, worlds)
        asking.identities = identities
        yield asking
        asking.end()
        outer.rollback()

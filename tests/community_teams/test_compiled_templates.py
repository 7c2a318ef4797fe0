"""A worker has compiled what the pages of the map are drawn with before its first visitor comes."""

from app import COMPILED_AHEAD
from foundation.accounts.domain.roles import Role
from foundation.areas.models import Area
from foundation.web.compiled_templates import compile_templates


def test_no_page_of_the_map_compiles_a_template(visitor, app, make, session):
    hamlet = make.hamlet(official_households=40)
    make.visit(make.household(hamlet))
    make.person(name="can-bo-tinh", role=Role.PROVINCE_OFFICER, area=session.get_one(Area, "38"))
    officer = type(visitor)(app)
    officer.sign_in("can-bo-tinh")
    app.jinja_env.cache.clear()
    assert compile_templates(app, *COMPILED_AHEAD) > 20
    before = set(app.jinja_env.cache.keys())

    for who in (visitor, officer):
        for page in ("/do-phu", "/do-phu/38", "/do-phu/15607", f"/do-phu/{hamlet.code}", "/do-phu/38?lop=vneid-muc-2"):
            assert who.client.get(page).status_code == 200

    assert {key[1] for key in set(app.jinja_env.cache.keys()) - before} == set()

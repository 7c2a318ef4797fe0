"""Templates share the site's globals, and keep their own to themselves."""


def test_a_global_added_later_is_known_to_templates_loaded_before(app):
    template = app.jinja_env.from_string("{{ later }}")
    app.jinja_env.globals["later"] = "known"

    assert template.render() == "known"


def test_a_template_with_globals_of_its_own_gives_them_to_no_other(app):
    own = app.jinja_env.from_string("{{ mine }} {{ url_for is defined }}", globals={"mine": "own"})

    assert own.render() == "own True"
    assert app.jinja_env.from_string("{{ mine is defined }}").render() == "False"

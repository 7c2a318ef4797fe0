"""Every address is either public by name or asks who is there."""

# The shell stands below accounts and serves nothing of anybody's.
PUBLIC_BY_NAME = {"gallery.show_gallery", "health.healthz", "health.readyz"}


def test_every_view_says_who_may_open_it(app):
    unmarked = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith(".static")
        and rule.endpoint not in PUBLIC_BY_NAME
        and getattr(app.view_functions[rule.endpoint], "access", None) is None
    )

    assert unmarked == []


def test_no_protected_page_opens_for_a_stranger(app, visitor):
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "access", "public")
        if access == "public":
            continue
        address = rule.build({name: 1 if "int" in str(rule) else "1" for name in rule.arguments}, append_unknown=False)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = visitor.client.open(address[1] if address else rule.rule, method=method)
            assert answer.status_code in {303, 401, 404}, f"{method} {rule}"

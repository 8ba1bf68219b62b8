"""Every address says who may use it: @requires, @signed_in or @public; silence is refused."""

from django.urls import URLPattern, URLResolver, get_resolver

# Libraries whose views we do not write; sign-in is enforced by LoginRequiredMiddleware unless they say otherwise.
LIBRARIES = ("allauth.", "django.")


def patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            found += patterns(one, prefix + str(one.pattern))
        else:
            found.append((prefix + str(one.pattern), one))
    return found


def test_every_view_of_ours_declares_its_access():
    silent = [
        address
        for address, pattern in patterns(get_resolver())
        if not pattern.callback.__module__.startswith(LIBRARIES) and not hasattr(pattern.callback, "access")
    ]
    assert silent == []


def test_names_are_unique():
    names = [pattern.name for _, pattern in patterns(get_resolver("rcp.urls")) if pattern.name]
    assert len(names) == len(set(names))

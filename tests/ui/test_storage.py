"""Static files in production: hashed names all the way down, so that browsers ask once and keep for ever."""

import json
import re
import shutil
import warnings
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

from dcc.ui import assets
from dcc.ui.storage import StaticStorage


def test_modules_and_fonts_are_asked_by_their_hashed_names(tmp_path: Path, settings: Any) -> None:
    settings.DEBUG = False
    settings.STATIC_URL = "/static/"
    assets.build()
    shutil.copytree(assets.STATIC, tmp_path, dirs_exist_ok=True)
    storage = StaticStorage(location=str(tmp_path), base_url="/static/")
    source = StaticFilesStorage(location=str(assets.STATIC), base_url="/static/")
    names = [str(path.relative_to(assets.STATIC)) for path in assets.STATIC.rglob("*") if path.is_file()]
    failed = [
        done
        for _, _, done in storage.post_process({name: (source, name) for name in names})
        if isinstance(done, Exception)
    ]
    assert failed == []
    known = json.loads((tmp_path / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    entry = (tmp_path / known["dcc/js/app.js"]).read_text(encoding="utf-8")
    imported = re.findall(r'from "\./([^"]+)"', entry)
    assert len(imported) > 10
    assert all(f"dcc/js/{name}" in known.values() for name in imported)
    sheet = (tmp_path / known["vendor/dcc.css"]).read_text(encoding="utf-8")
    fonts = re.findall(r'url\("?([^")]+)"?\)', sheet)
    assert all(f"vendor/{name}" in known.values() for name in fonts if not name.startswith("data:"))
    assert (tmp_path / f"{known['vendor/dcc.css']}.br").exists(), "compressed once, not at each request"


def test_without_a_collected_folder_files_are_found_where_they_are_written() -> None:
    """A laptop and the tests collect nothing: no folder is missing, the stylesheet's own folder answers."""

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=404)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        served = WhiteNoiseMiddleware(page)
    request = HttpRequest()
    request.method, request.path_info = "GET", "/static/dcc/js/app.js"
    assert served(request).status_code == 200

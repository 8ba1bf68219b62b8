"""Static files with a hash in their name, ES modules included, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites ``import … from "./x.js"``: without it every module is asked again at every page."""

    support_js_module_import_aggregation = True

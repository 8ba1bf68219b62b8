"""The interface kit alone: no database, no account, no medical app; the gallery is all there is."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "tests-of-the-interface-kit"
ALLOWED_HOSTS = ["*"]
DEBUG = True  # serves static files; the pages themselves never differ
USE_TZ = True
TIME_ZONE = "Europe/Paris"
LANGUAGE_CODE = "fr"
INSTALLED_APPS = ["django.contrib.staticfiles", "django.contrib.messages", "django.forms", "django_htmx", "dcc.ui"]
MIDDLEWARE = [
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "csp.middleware.CSPMiddleware",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
ROOT_URLCONF = "tests.ui.urls_ui"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["dcc.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "dcc.ui.forms.DccRenderer"
STATIC_URL = "/static/"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
    }
}

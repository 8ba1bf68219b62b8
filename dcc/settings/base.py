"""Production settings, read from the environment; dev and test only loosen what they name."""

import os
import sys
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

ROOT = Path(__file__).resolve().parents[2]


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"DCC_{name}", default)


def flag(name: str, default: str = "0") -> bool:
    return env(name, default) in {"1", "true", "yes"}


SECRET_KEY = env("SECRET_KEY")
DEBUG = False
DEMO = False
TEST_IDENTITIES = False  # accepts INS numbers of the test OIDs
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in env("TRUSTED_ORIGINS").split(",") if origin]
SITE_NAME = env("SITE_NAME", "DCC")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "dcc.tenancy",
    "dcc.organisations",
    "dcc.accounts",
    "dcc.audit",
    "dcc.ui",
    "patients",
    "messaging",
    "rcp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dcc.accounts.kept_nowhere.KeptNowhereMiddleware",
    "dcc.tenancy.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dcc.accounts.session.SessionRulesMiddleware",
    "dcc.tenancy.middleware.ScopeMiddleware",
    "dcc.accounts.session.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dcc.accounts.steps.StepsMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "dcc.audit.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "dcc.urls"
WSGI_APPLICATION = "dcc.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dcc.navigation.chrome",
            ],
            "builtins": ["dcc.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "dcc.ui.forms.DccRenderer"

# Migrations and schema checks run as the owner; everything else as the role of its process.
OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "showmigrations",
    "flush",
    "demo",
    "rotate_keys",
    "load_forms",
}
_owner = len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") and sys.argv[1] in OWNER_COMMANDS
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "dcc.tenancy.backend",
        "HOST": env("DB_HOST"),
        "PORT": env("DB_PORT", "5432"),
        "NAME": env("DB_NAME", "dcc"),
        "USER": "dcc_owner" if _owner else env("DB_USER", "dcc_web"),
        "PASSWORD": env("DB_OWNER_PASSWORD") if _owner else env("DB_PASSWORD"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {"options": f"-c statement_timeout={env('DB_STATEMENT_TIMEOUT', '0' if _owner else '15s')}"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "dcc.accounts.shared_cache.SharedCache", "LOCATION": env("REDIS_URL")}
}
SESSION_ENGINE = "dcc.accounts.sessions"  # Django’s, in the database
SESSION_COOKIE_NAME = "__Host-dcc"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 30 * 60  # D14
SESSION_MAX_SECONDS = 12 * 3600  # D14
SESSION_WARNING_SECONDS = 120
CSRF_COOKIE_NAME = "__Host-dcc-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = False  # htmx reads it to send the header
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER: tuple[str, str] | None = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "object-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["dcc.accounts.backends.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "dcc.accounts.passwords.OwnNamesValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "dcc.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are entered by an administrator, never by the user
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody else's mailbox hears of us
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_REQUIRED = {"password"}  # the second factor of those who have no better one (adapter)
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",  # a whole hospital comes from one address at eight in the morning
    "login_failed": "60/m/ip,5/5m/key",
    "login_code": "15/10m/key",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "login": "dcc.accounts.sign_in_forms.SignInForm",
    "confirm_login_code": "dcc.accounts.sign_in_forms.SignInCodeForm",
    "reset_password": "dcc.accounts.sign_in_forms.ResetForm",
    "reset_password_from_key": "dcc.accounts.sign_in_forms.NewPasswordForm",
    "change_password": "dcc.accounts.sign_in_forms.ChangePasswordForm",
    "reauthenticate": "dcc.accounts.sign_in_forms.PasswordAgainForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXIES", "1"))
MFA_ADAPTER = "dcc.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "dcc.accounts.sign_in_forms.SecondFactorForm",
    "reauthenticate": "dcc.accounts.sign_in_forms.SecondFactorAgainForm",
    "activate_totp": "dcc.accounts.sign_in_forms.ActivateAppForm",
    "add_webauthn": "dcc.accounts.sign_in_forms.AddKeyForm",
    "edit_webauthn": "dcc.accounts.sign_in_forms.RenameKeyForm",
    "generate_recovery_codes": "dcc.accounts.sign_in_forms.RecoveryCodesForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator entered the address
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = False
USERSESSIONS_TRACK_ACTIVITY = False
CGU_VERSION = "2026-11"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(ROOT / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is ever stored as a file
    "staticfiles": {"BACKEND": "dcc.ui.storage.StaticStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DOCUMENT_MAX_BYTES = int(env("DOCUMENT_MAX_MB", "20")) * 1024 * 1024  # one file added to a patient's file
ANTIVIRUS = env("ANTIVIRUS")  # clamd: unix:/run/clamav/clamd.ctl or tcp://antivirus:3310; empty: none is asked

# Ordinary mail: sign-in codes and calendars, never anything nominative (D13).
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env("MAIL_HOST", "localhost")
EMAIL_PORT = int(env("MAIL_PORT", "25"))
EMAIL_HOST_USER = env("MAIL_USER")
EMAIL_HOST_PASSWORD = env("MAIL_PASSWORD")
EMAIL_USE_TLS = flag("MAIL_TLS", "1")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "DCC <ne-pas-repondre@dcc.example>")

# MSSanté: submission with STARTTLS and the certificate of the application mailbox.
MSSANTE: dict[str, Any] = {
    "host": env("SMTP_HOST"),
    "port": int(env("SMTP_PORT", "587")),
    "client_cert": env("SMTP_CLIENT_CERT"),
    "client_key": env("SMTP_CLIENT_KEY"),
    "ca": env("SMTP_CA"),
    "sender": env("MSSANTE_SENDER"),
    "software_id": env("MSSANTE_NIL"),
}
# The national teleservice of identities; no url: not connected. A test platform then asks a local responder.
INSI = {
    "url": env("INSI_URL"),
    "client_cert": env("INSI_CLIENT_CERT"),
    "client_key": env("INSI_CLIENT_KEY"),
    "ca": env("INSI_CA"),
    "idam": env("INSI_IDAM"),  # number given to this software by the teleservice
    "version": env("INSI_VERSION", "1.0"),
    "instance": env("INSI_INSTANCE"),
}
MASTER_KEYS = env("MASTER_KEYS")
MESSAGE_ID_DOMAIN = env("MESSAGE_ID_DOMAIN", "dcc.example")

CELERY_BROKER_URL = env("REDIS_URL").replace("unix://", "redis+socket://")
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # a broker that is down must not hold a request: beat will find the row
    "interval_start": 0,
    "interval_step": 0,
}
AUDIT_ANCHOR_FILE = env("AUDIT_ANCHOR_FILE")  # outside the database; empty: no daily anchor
CELERY_TASK_ROUTES = {"dcc.accounts.tasks.*": {"queue": "mail_code"}}
CELERY_TIMEZONE = TIME_ZONE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {  # talkative, and they print what they read
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "pikepdf": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

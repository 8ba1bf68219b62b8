#!/bin/bash
# First start of the database container: passwords of the roles (10-roles.sql), and the database of the product.
# The names of the variables are those of docker-compose.yml; psql quotes the values.
set -euo pipefail
psql --username postgres --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner="$DCC_OWNER_PASSWORD" --set web="$DCC_WEB_PASSWORD" --set worker="$DCC_WORKER_PASSWORD" \
    --set sealer="$DCC_SEALER_PASSWORD" \
    --set listener="$DCC_LISTENER_PASSWORD" --set backup="$DCC_BACKUP_PASSWORD" <<'SQL'
ALTER ROLE dcc_owner NOCREATEDB PASSWORD :'owner';
ALTER ROLE dcc_web PASSWORD :'web';
ALTER ROLE dcc_worker PASSWORD :'worker';
ALTER ROLE dcc_sealer PASSWORD :'sealer';
ALTER ROLE dcc_listener PASSWORD :'listener';
ALTER ROLE dcc_backup PASSWORD :'backup';
CREATE DATABASE dcc OWNER dcc_owner;
REVOKE ALL ON DATABASE dcc FROM PUBLIC;
GRANT CONNECT ON DATABASE dcc TO dcc_web, dcc_worker, dcc_sealer, dcc_listener, dcc_backup;
SQL

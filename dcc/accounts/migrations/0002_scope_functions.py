"""The scope is opened by functions that check the membership themselves (architecture §4)."""

from django.db import migrations

OPEN = """
CREATE FUNCTION dcc_open_scope(p_user bigint, p_membership uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m record;
    v_regions smallint[];
    v_principals int[];
BEGIN
    PERFORM set_config('dcc.user_id', p_user::text, true);
    SELECT ms.clinical, ms.role = 'auditor' AND o.kind = 'network' AS audits,
           o.principal_id AS organisation, u.principal_id AS person, r.network_id
      INTO m
      FROM accounts_membership ms
      JOIN accounts_user u ON u.id = ms.user_id AND u.is_active
      JOIN organisations_organisation o ON o.id = ms.organisation_id AND o.closed_at IS NULL
      JOIN tenancy_region r ON r.id = ms.region_id
     WHERE ms.id = p_membership AND ms.user_id = p_user
       AND ms.revoked_at IS NULL AND ms.starts_at <= now() AND ms.expires_at > now();
    IF NOT FOUND THEN
        PERFORM set_config('dcc.regions', '', true), set_config('dcc.principals', '', true),
                set_config('dcc.audits', '', true);
        RETURN;
    END IF;
    SELECT array_agg(id) INTO v_regions FROM tenancy_region WHERE network_id = m.network_id;
    IF m.clinical THEN
        SELECT array_agg(principal_id) || ARRAY[m.organisation, m.person] INTO v_principals
          FROM accounts_principalmember
         WHERE user_id = p_user AND region_id = ANY (v_regions) AND starts_at <= now() AND expires_at > now();
        v_principals := coalesce(v_principals, ARRAY[m.organisation, m.person]);
    END IF;
    PERFORM set_config('dcc.regions', v_regions::text, true),
            set_config('dcc.principals', coalesce(v_principals::text, ''), true),
            set_config('dcc.audits', CASE WHEN m.audits THEN 'on' ELSE '' END, true);
END $$;

CREATE FUNCTION dcc_open_regions(p_regions smallint[]) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('dcc.regions', p_regions::text, true), set_config('dcc.principals', '', true),
           set_config('dcc.user_id', '', true), set_config('dcc.audits', '', true);
    SELECT;
$$;

CREATE FUNCTION dcc_close_scope() RETURNS void LANGUAGE sql AS $$
    SELECT set_config('dcc.regions', '', true), set_config('dcc.principals', '', true),
           set_config('dcc.user_id', '', true), set_config('dcc.audits', '', true);
    SELECT;
$$;

-- Before a membership is chosen no organisation is visible: one's own choices come with their names.
CREATE FUNCTION dcc_my_memberships()
RETURNS TABLE (id uuid, role text, organisation text, network text, region_id smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ms.id, ms.role, o.short_name, n.name, ms.region_id
      FROM accounts_membership ms
      JOIN accounts_user u ON u.id = ms.user_id AND u.is_active
      JOIN organisations_organisation o ON o.id = ms.organisation_id AND o.closed_at IS NULL
      JOIN tenancy_region r ON r.id = ms.region_id
      JOIN tenancy_network n ON n.id = r.network_id
     WHERE ms.user_id = nullif(current_setting('dcc.user_id', true), '')::bigint
       AND ms.revoked_at IS NULL AND ms.starts_at <= now() AND ms.expires_at > now()
     ORDER BY n.name, o.short_name, ms.role;
$$;

REVOKE ALL ON FUNCTION dcc_my_memberships() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_my_memberships() TO dcc_web;
REVOKE ALL ON FUNCTION dcc_open_scope(bigint, uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION dcc_open_regions(smallint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dcc_open_regions(smallint[]) TO dcc_worker;
GRANT EXECUTE ON FUNCTION dcc_open_scope(bigint, uuid) TO dcc_web;
"""
DROP = """
DROP FUNCTION dcc_my_memberships(); DROP FUNCTION dcc_open_scope(bigint, uuid); DROP FUNCTION dcc_open_regions(smallint[]); DROP FUNCTION dcc_close_scope();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(OPEN, DROP)]

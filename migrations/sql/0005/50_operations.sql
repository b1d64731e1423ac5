-- When each part of the installation last did its work: no tenant's, read by every console, written by those parts only.
CREATE TABLE heartbeat (
    part text PRIMARY KEY CHECK (part ~ '^[a-z_]{1,40}$'),
    succeeded_at timestamptz,
    failed_at timestamptz,
    -- The kind of the last failure, never its values.
    error text
);
GRANT SELECT ON heartbeat TO yoyaku_app;

CREATE FUNCTION note_heartbeat(part text, failure text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO heartbeat AS h (part, succeeded_at, failed_at, error)
    VALUES (note_heartbeat.part,
            CASE WHEN failure IS NULL THEN clock_timestamp() END,
            CASE WHEN failure IS NOT NULL THEN clock_timestamp() END,
            left(failure, 200))
    ON CONFLICT ON CONSTRAINT heartbeat_pkey DO UPDATE SET
        succeeded_at = coalesce(excluded.succeeded_at, h.succeeded_at),
        failed_at = coalesce(excluded.failed_at, h.failed_at),
        error = coalesce(excluded.error, h.error)
$$;
REVOKE ALL ON FUNCTION note_heartbeat(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_heartbeat(text, text) TO yoyaku_app;

-- What a dry run needs to be taken up where a killed worker left it, and to be told what it saw.
ALTER TABLE dry_run
    -- The business time for which everything is looked at, the same from the first booking to the last.
    ADD COLUMN as_of timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Everybody up to this registrant has been looked at; written together with the findings.
    ADD COLUMN reached uuid,
    -- What the findings come to so far, to be counted on.
    ADD COLUMN tally jsonb NOT NULL DEFAULT '{}';

-- A host may be that of terminals in facilities (kiosks): what comes by it came by a channel of the rules, not over the
-- internet. Without a channel it is the site's own address.
ALTER TABLE host ADD COLUMN channel text CHECK (channel ~ '^[a-z0-9][a-z0-9_-]*$');

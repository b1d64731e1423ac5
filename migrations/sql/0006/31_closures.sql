-- A closure that is taken back gives back what it took where it can; where it cannot, this says why.
ALTER TABLE closure_displaced ADD COLUMN stays text
    CHECK (stays IN ('begun', 'changed', 'lapsed', 'refunded', 'limit', 'taken'));
GRANT UPDATE (stays) ON closure_displaced TO yoyaku_app;

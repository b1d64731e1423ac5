"""Every statement about versions of rules and inventories, and about drafts with their saves and reviews."""

"""Every write. Actions take a writing `db` (or the `database`, when they ask a vendor in between) and `by=` the actor."""

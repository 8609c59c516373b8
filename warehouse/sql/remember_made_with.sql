-- From now on this file counts as made with this.
INSERT OR REPLACE INTO consolidation.made_with (part, fingerprint)
VALUES ($part, $fingerprint)

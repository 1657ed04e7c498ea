"""How scripts become marks: secret codes, bundles, blind rounds, moderation, engine imports."""

"""How every page looks and speaks: theme, templates, wording, translations, assets."""

"""The web: assembles pages and API, decides nothing."""

"""Flask lives here only: parse, call one verb, present."""

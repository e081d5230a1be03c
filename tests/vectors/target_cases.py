"""Addresses that name one target, and those that do not."""

ALIKE = [
    ("https://a.example/x", "https://a.example/x"),
    ("https://a.example", "https://a.example/"),
    ("https://a.example:443/x", "https://a.example/x"),
    ("http://a.example:80/x", "http://a.example/x"),
    ("HTTPS://A.Example/x", "https://a.example/x"),
    ("https://a.example/x?y=1", "https://a.example/x"),
    ("https://a.example/x#y", "https://a.example/x?z"),
    ("https://a.example/%7Ex", "https://a.example/~x"),
    ("https://a.example/%2fx%c3%a9", "https://a.example/%2Fx%C3%A9"),
    ("https://[2001:DB8::1]/x", "https://[2001:db8::1]:443/x"),
]

DIFFERENT = [
    ("https://a.example/x", "http://a.example/x"),
    ("https://a.example/x", "https://b.example/x"),
    ("https://a.example/x", "https://a.example:444/x"),
    ("https://a.example:80/x", "http://a.example/x"),
    ("https://a.example/x", "https://a.example/X"),
    ("https://a.example/x", "https://a.example/x/"),
    ("https://a.example/x", "https://a.example//x"),
    ("https://a.example/a%2Fb", "https://a.example/a/b"),
    ("https://a.example/%25%32%46", "https://a.example/%2F"),
    ("https://a.example/%e9", "https://a.example/%c3%a9"),
    ("https://a.example/x", "https://a.example./x"),
    ("https://a.example/x", "https://u@a.example/x"),
]

NONE = [
    "",
    "/x",
    "a.example/x",
    "ftp://a.example/x",
    "https:///x",
    "https://a.example/ x",
    "https://[/x",
    "https://a:b/x",
]

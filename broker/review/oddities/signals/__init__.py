"""Each way something can look odd: a pure function from rows to what was found in them."""

"""The second version of the HTTP interface."""

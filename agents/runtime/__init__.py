"""The built-in runtime: missions whose turns a language model takes. What speaks to models is in `child`, and runs in
processes of its own."""

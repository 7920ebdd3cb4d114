// Compiles nothing: its target has the precompiled header that the unit tests share.

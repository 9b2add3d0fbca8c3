"""Front ends: the bytes of one file in, its facts out; one module a language, none of them names a vendor."""

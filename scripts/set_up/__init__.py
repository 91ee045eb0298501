"""What `demo`, `test`, `lock` and `build_wheelhouse` share: standard library only, Python 3.8 and newer, no installed package."""

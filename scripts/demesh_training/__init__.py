"""Parts of scripts/train_demesh.py."""

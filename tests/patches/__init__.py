"""Tests of the patches for playing; those of the first patch are in tests/test_patches.py."""

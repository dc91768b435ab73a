"""Tests of encode, decode and forward."""
